import type { ProfileField } from '../../attributes.ts';
import type { SignInCause } from '../../sign-in-causes.ts';
import type { ConnectionType } from './connection-types.ts';

/**
 * What a sign-in guide is made of. A guide is one provider spoken to through one protocol; a provider that offers
 * SAML and OIDC, or by a gallery app and an app of one's own, has a guide for each with the same `name`: the page lists
 * the name once and then asks which way.
 *
 * Texts are English source texts of whole sentences. `**…**` marks a label exactly as the provider's console prints
 * it, `{NAME}` a value we fill in. A catalogue can replace any text by its path (`okta.steps.saml-settings.title`).
 */
export const guidePlaceholders = [
  'ACS_URL',
  'SP_ENTITY_ID',
  'SP_METADATA_URL',
  'LOGIN_URL',
  'REDIRECT_URI',
  'PRODUCT',
  'TEST_IDP_METADATA_URL',
  'TEST_IDP_DISCOVERY_URL',
  'TEST_IDP_CLIENTS_URL',
  'CLIENT_CERTIFICATE',
] as const;

export type GuidePlaceholder = (typeof guidePlaceholders)[number];

/** The values of one connection. A guide is filled only when every value it names is there. */
export type GuideValues = Readonly<Partial<Record<GuidePlaceholder, string>>>;

/** The things in a provider's console that a failed sign-in can send somebody to. */
export const consoleSubjects = [
  'entity_id',
  'acs_url',
  'metadata',
  'certificate',
  'assertion_signing',
  'signature_algorithm',
  'encryption',
  'name_id',
  'email_attribute',
  'assignment',
  'redirect_uri',
  'client_id',
  'client_secret',
  'client_authentication',
  'issuer',
  'token_algorithm',
  'scopes',
] as const;

export type ConsoleSubject = (typeof consoleSubjects)[number];

/** Where one thing stands in the console: the way there inside the app, the field's label, the choice to make. */
export interface ConsoleField {
  readonly path: readonly string[];
  readonly label: string;
  readonly choice?: string;
}

export type GuideBlock =
  | { readonly kind: 'text'; readonly text: string }
  /** A slip to copy. `label` is their field's label; `value` is the placeholder until the guide is filled. */
  | {
      readonly kind: 'value';
      readonly label: string;
      readonly placeholder: GuidePlaceholder;
      readonly value: string;
      readonly hint?: string;
    }
  /**
   * A part of a configuration file, or of a long field, to copy as one. `label` is the file's name or the field's. With
   * `fileName` the console takes a file, which the page saves under this name.
   */
  | {
      readonly kind: 'snippet';
      readonly label: string;
      readonly value: string;
      readonly hint?: string;
      readonly fileName?: string;
    }
  | { readonly kind: 'setting'; readonly label: string; readonly choice: string; readonly hint?: string }
  /** A row of their attribute table: the name we read, and where the console takes it from. */
  | {
      readonly kind: 'attribute';
      readonly field: ProfileField;
      readonly name: string;
      readonly source: string;
      readonly isOptional?: boolean;
    }
  | { readonly kind: 'note'; readonly tone: 'information' | 'caution'; readonly text: string }
  /** Enough to draw the console's form small, so that people recognise the screen. */
  | { readonly kind: 'form'; readonly title: string; readonly fields: readonly FormField[] };

export interface FormField {
  readonly label: string;
  readonly value: string;
  readonly control: 'text' | 'choice' | 'tick' | 'button';
}

export interface GuideStep {
  readonly id: string;
  readonly title: string;
  readonly where: {
    readonly path: readonly string[];
    /** The console's address, only where it is the same for every customer. */
    readonly link?: string;
  };
  readonly blocks: readonly GuideBlock[];
  /** For "Looks different?": the way to the same screen in the other generation of the console. */
  readonly otherMenuPath?: { readonly path: readonly string[]; readonly text: string };
}

export interface InputMistake {
  /**
   * The code that `findAddressMistakes`, `findDiscoveryMistakes` or `findSecretMistakes` gives for it, so that one rule
   * is written once.
   */
  readonly code: string;
  readonly explanation: string;
}

export interface GiveBackField {
  readonly field:
    | 'metadata_url'
    | 'metadata_file'
    | 'sso_url'
    | 'entity_id'
    | 'certificate'
    | 'discovery_url'
    | 'client_id'
    | 'client_secret'
    | 'secret_ends_on';
  readonly label: string;
  readonly where: readonly string[];
  /** Source of a regular expression that an ordinary value matches; vanity domains may differ, so it never stops. */
  readonly pattern?: string;
  readonly example?: string;
  readonly prefilled?: string;
  readonly mistakes: readonly InputMistake[];
}

/**
 * One way to give us the provider's side. The way `oidc` asks for `discovery_url`, `client_id` and, unless our key proves
 * us, `client_secret`, in this order, and for `secret_ends_on` where the provider's secrets end by themselves. A field with `prefilled` holds
 * that value from the start: the address is the same for every customer of the provider.
 */
export interface GiveBackInput {
  readonly kind: 'metadata_url' | 'metadata_file' | 'manual' | 'oidc';
  readonly gain: string;
  readonly fields: readonly GiveBackField[];
}

export interface DefaultAttribute {
  readonly field: ProfileField;
  /** The attribute's or claim's name on the wire, or `nameIdSource`. */
  readonly name: string;
  readonly source: string;
}

/** How this console repairs some causes, where the general words would send people to the wrong field or value. */
export interface ConsoleRepair {
  readonly causes: readonly SignInCause[];
  readonly where: ConsoleField;
  readonly fix: string;
  /** What belongs into that field, if it isn't the value that the cause speaks of. */
  readonly copy?: GuidePlaceholder;
}

export interface KnownMistake {
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
  readonly subject?: ConsoleSubject;
}

/** What the provider itself shows or sends when it refuses. `shown` is looked for in what people type or paste. */
export interface ProviderError {
  readonly shown: string;
  readonly meaning: string;
  readonly fix: string;
  readonly subject?: ConsoleSubject;
  readonly copy?: GuidePlaceholder;
}

/** What a provider of OpenID Connect wants of our requests beyond the standard's own demands. */
export interface OpenIdDemands {
  /** It takes no secret: our certificate goes to its console before anything comes back from there [OIDC-08]. */
  readonly provesByKey: boolean;
  /** Whom our signed assertion is made for; the issuer where it is left out (RFC 7523bis). */
  readonly assertionAudience?: 'token_endpoint';
  /** In place of the scopes that a connection asks for by itself. */
  readonly scopes: string;
  readonly acrValues: string;
  /** `prompt`, where no fresh sign-in is asked for. */
  readonly prompt: string;
}

export interface SignInGuide {
  readonly id: string;
  readonly name: string;
  /** The name inside a sentence. */
  readonly shortName: string;
  /** Every other name people look for, old ones too. */
  readonly names: readonly string[];
  readonly mark: string;
  readonly protocol: 'saml' | 'oidc';
  readonly openId?: OpenIdDemands;
  /** What tells this way from the provider's others; left out where there is one only. The recommended way is listed first. */
  readonly variant?: { readonly label: string; readonly gain: string };
  readonly connectionType: ConnectionType;
  readonly whyRecommended: string;
  /** Sandbox guides exist to try the product out; no customer is offered them in production. */
  readonly audience: 'everyone' | 'sandbox';
  readonly steps: readonly GuideStep[];
  /** Best first. */
  readonly giveBack: readonly GiveBackInput[];
  readonly attributes: readonly DefaultAttribute[];
  /** What the console can set. A subject it has no field for is left out. */
  readonly console: Readonly<Partial<Record<ConsoleSubject, ConsoleField>>>;
  readonly repairs?: readonly ConsoleRepair[];
  /** Most frequent first: the first three are shown while a test waits too long. */
  readonly mistakes: readonly KnownMistake[];
  readonly errors: readonly ProviderError[];
  readonly assignment: string;
  /** The day its texts were last compared with the sources. */
  readonly checkedOn: string;
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

/** A slip to copy, so that a placeholder is written once. */
export function valueSlip(label: string, placeholder: GuidePlaceholder, hint?: string): GuideBlock {
  return { kind: 'value', label, placeholder, value: `{${placeholder}}`, hint };
}
