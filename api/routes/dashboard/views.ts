import type { z } from 'zod';
import type {
  ConnectionRow,
  IdpCertificateRow,
  MailRow,
  OrganizationFacts,
  ShownLink,
  TroubleRow,
} from '../../../db/index.ts';
import { providerNameOf } from '../../../onboarding/providers/sign-in/index.ts';
import type { OfferedFeature } from '../../../onboarding/steps.ts';
import { troubleRules } from '../../../onboarding/troubles.ts';
import type { OnboardingView } from '../../../onboarding/view.ts';
import { certificateViewOf, connectionChip } from '../../connection-views.ts';
import { loginUrlOf } from '../../connections.ts';
import type { connectionView, linkView, mailView } from '../../contract/dashboard.ts';

/** Rows as the dashboard shows them. */

export function linkViewOf(row: ShownLink): z.infer<typeof linkView> {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    delivery: row.delivery,
    contact: row.contactEmail,
    features: row.features,
    openedTimes: row.openedTimes,
    fetchedTimes: row.fetchedTimes,
    lastOpenedAt: row.lastOpenedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

export function mailViewOf(row: MailRow): z.infer<typeof mailView> {
  return {
    id: row.id,
    kind: row.kind,
    to: row.recipient,
    subject: row.subject,
    state: row.state,
    serverAnswer: row.serverAnswer,
    heldUntil: row.heldUntil?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
  };
}

export function connectionViewOf(
  row: ConnectionRow,
  certificates: readonly IdpCertificateRow[],
  troubles: readonly Pick<TroubleRow, 'kind' | 'subjectId'>[],
): z.infer<typeof connectionView> {
  return {
    id: row.id,
    name: row.name,
    chip: connectionChip(row, troubles),
    state: row.state,
    connectionType: row.connectionType,
    providerId: row.providerId,
    providerName: providerNameOf(row.providerId),
    entityId: row.spEntityId,
    acsUrl: row.acsUrl,
    metadataUrl: row.spMetadataUrl,
    protocol: row.protocol,
    redirectUri: row.oidcRedirectUri,
    oidcIssuer: row.oidcIssuer,
    oidcClientId: row.oidcClientId,
    oidcSecretEndsOn: row.oidcSecretEndsOn,
    idpEntityId: row.idpEntityId,
    idpSsoUrl: row.idpSsoUrl,
    idpMetadataUrl: row.idpMetadataUrl,
    certificates: certificates
      .filter(({ connectionId }) => connectionId === row.id)
      .map((certificate) => certificateViewOf(certificate)),
    attributeMapping: { ...row.attributeMapping },
    signedFloor: row.signedFloor,
    testedAt: row.testedAt?.toISOString() ?? null,
    activatedAt: row.activatedAt?.toISOString() ?? null,
    signInUrl: loginUrlOf(row),
    createdAt: row.createdAt.toISOString(),
  };
}

/**
 * What an organization has, by its newest onboarding; of what that one is not about, a feature counts as done while
 * something of it works. What needs repair says so, whichever onboarding it belongs to.
 */
export function featuresOf(
  view: OnboardingView | undefined,
  facts: OrganizationFacts | undefined,
): { feature: OfferedFeature; state: string }[] {
  const told = new Map<OfferedFeature, string>(view?.features.map(({ feature, state }) => [feature, state]));
  const ailing = new Set<OfferedFeature>(facts?.troubles.map((kind) => troubleRules[kind].feature));
  for (const { feature, state } of facts === undefined ? [] : workingOf(facts))
    if (!told.has(feature)) told.set(feature, state);
  // A run that nobody finished goes on saying that it needs repair, after all is well again.
  const now = (feature: OfferedFeature, state: string) =>
    ailing.has(feature) ? 'repair' : state === 'repair' ? 'done' : state;
  return [...told].map(([feature, state]) => ({ feature, state: now(feature, state) }));
}

function workingOf({
  connectionStates,
  directoryStates,
  streamsStarted,
  domains,
}: OrganizationFacts): { feature: OfferedFeature; state: string }[] {
  const has = (any: readonly unknown[], isDone: boolean, feature: OfferedFeature) =>
    any.length === 0 ? [] : [{ feature, state: isDone ? 'done' : 'in_progress' }];
  return [
    ...has(connectionStates, connectionStates.includes('active'), 'sso'),
    ...has(directoryStates, directoryStates.includes('linked'), 'directory_sync'),
    ...has(
      domains,
      domains.some(({ state }) => state === 'verified'),
      'domain_verification',
    ),
    ...has(streamsStarted, streamsStarted.includes(true), 'log_streams'),
  ];
}
