import type { Generated, Selectable } from 'kysely';
import type { CustomAttribute } from '../../onboarding/attributes.ts';
import type { ReminderDays } from '../../onboarding/reminder-days.ts';
import type { OnboardingTemplate } from '../../onboarding/template.ts';
import type { BrandColours } from '../../onboarding/branding.ts';
import type { MembersTrust } from '../../onboarding/members-trust.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** An isolated world of one vendor: identity, branding and policies. Every other row belongs to exactly one. */
export interface EnvironmentsTable {
  id: string;
  handle: string;
  name: string;
  kind: 'sandbox' | 'production';
  clientId: string;
  vendorName: string;
  productName: string;
  supportEmail: string | null;
  supportHours: string | null;
  intro: string | null;
  brandColours: Json<BrandColours> | null;
  /** Digests of the images in `brand_images`; null where there is none. */
  logoLight: string | null;
  logoDark: string | null;
  icon: string | null;
  defaultReturnUrl: string | null;
  defaultSuccessUrl: string | null;
  linkDays: Generated<number>;
  linkConfirmation: Generated<'none' | 'email_code'>;
  domainPolicy: Generated<'none' | 'optional' | 'required'>;
  /** How long people with addresses of a domain still sign in after its record has gone [DOM-06]. */
  domainGraceDays: Generated<number>;
  domainLabel: Generated<string>;
  reminders: Generated<boolean>;
  reminderDays: JsonWithDefault<ReminderDays>;
  /** What onboardings cover, and how they are worked on, unless it is said otherwise at their start. */
  onboardingTemplate: JsonWithDefault<OnboardingTemplate>;
  /** How long audit rows are kept; null: as long as the program's setting says. */
  auditDays: number | null;
  /** Digest of the secret with which the mail provider reports bounces; null takes none. */
  mailNoticeDigest: string | null;
  customAttributes: JsonWithDefault<readonly CustomAttribute[]>;
  /** Whether members sign in by single sign-on, and through what; null where they do not. */
  membersSso: Generated<'off' | 'optional' | 'required'>;
  membersTrust: Json<MembersTrust> | null;
  /** Whom a linked directory keeps from signing in: those it has removed, all but its members, nobody. */
  directoryPolicy: Generated<'removed' | 'members_only' | 'off'>;
  /** [SCIM-09] how many may leave a directory within an hour before a person is asked: the greater of the two counts. */
  removalGuardPeople: Generated<number>;
  removalGuardPercent: Generated<number>;
  /** One role, the highest that any group gives; or all of them together. */
  roleMode: Generated<'highest' | 'all'>;
  /** The vendor's own client at Google, by which admins of its customers consent; both or neither. */
  googleClientId: string | null;
  googleClientSecretSealed: string | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export type EnvironmentRow = Selectable<EnvironmentsTable>;
