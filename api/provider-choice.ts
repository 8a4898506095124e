import { newId } from '../adapters/ids.ts';
import {
  insertAudit,
  insertConnection,
  listConnectionsOf,
  type ConnectionRow,
  type EnvironmentRow,
  type OnboardingRow,
  type Tx,
} from '../db/index.ts';
import type { Act } from '../onboarding/commands.ts';
import { findGuide, findProviders } from '../onboarding/providers/sign-in/index.ts';
import type { SignInGuide } from '../onboarding/providers/sign-in/provider.ts';
import { audited, type Acting } from './acting.ts';
import { freeName } from './configuration-changes.ts';
import { addressesOf } from './connections.ts';
import type { ApiDeps } from './deps.ts';
import { InvalidInput } from './middleware/handle-errors.ts';
import { ensureClientKey } from './sp-keys.ts';

/** Which provider of identities: chosen by the customer, or by the vendor for them. */

/** The Test IdP is a provider in sandboxes of the embedded default only. */
export const offersTestIdp = ({ settings }: Pick<ApiDeps, 'settings'>, { kind }: EnvironmentRow): boolean =>
  settings.isEmbedded && kind === 'sandbox';

/** Everybody whom the vendor may choose for a customer. */
export function providersToChoose(deps: Pick<ApiDeps, 'settings'>, environment: EnvironmentRow) {
  const found = findProviders('', { includeSandbox: offersTestIdp(deps, environment) });
  return found.map(({ id, name }) => ({ id, name }));
}

/** Throws `invalid_request` for a provider that nobody could choose; `field` names it. */
export function requireProvider(
  deps: Pick<ApiDeps, 'settings'>,
  environment: EnvironmentRow,
  providerId: string,
  field: string,
): SignInGuide {
  const guide = findGuide(providerId);
  if (guide === undefined || (guide.audience === 'sandbox' && !offersTestIdp(deps, environment))) {
    const message = `must be the id of a provider, which "${providerId.slice(0, 60)}" is not`;
    throw new InvalidInput([{ field, code: 'invalid_format', message }]);
  }
  return guide;
}

/** The connection that a first choice of a provider makes. */
export async function insertDraftConnection(
  tx: Tx,
  { urls, secrets }: Pick<ApiDeps, 'urls' | 'secrets'>,
  tenant: { environmentId: string; organizationId: string },
  guide: SignInGuide,
  by: Acting,
): Promise<ConnectionRow> {
  const id = newId('conn_');
  const made = await insertConnection(tx, {
    id,
    ...tenant,
    name: await freeName(tx, tenant, guide.name, id),
    connectionType: guide.connectionType,
    providerId: guide.id,
    protocol: guide.protocol,
    externalId: null,
    state: 'draft',
    ...addressesOf(urls, id),
    createdAt: by.request.now,
  });
  const target = { type: 'connection', id };
  const after = { provider_id: guide.id };
  await insertAudit(tx, audited(by, tenant, { action: 'connection.created', target, after }));
  await prepareKey(tx, secrets, made, guide, by.request.now);
  return made;
}

/** Where the provider takes our certificate first, its key is there as soon as the guide is [OIDC-08]. */
export async function prepareKey(
  tx: Tx,
  secrets: ApiDeps['secrets'],
  connection: ConnectionRow,
  { openId }: SignInGuide,
  now: Date,
): Promise<void> {
  if (openId?.provesByKey === true) await ensureClientKey(tx, secrets, connection, now);
}

/**
 * The act that lets an onboarding begin with its provider chosen, with the connection for it. A choice that is there
 * already stays, whoever made it: then there is none.
 */
export async function preselectAct(
  tx: Tx,
  deps: Pick<ApiDeps, 'urls' | 'secrets'>,
  tenant: { environmentId: string; organizationId: string },
  { guide, open }: { guide: SignInGuide; open: OnboardingRow | undefined },
  by: Acting,
): Promise<Act | undefined> {
  const steps = open?.view.features.flatMap((feature) => feature.steps) ?? [];
  if (steps.some(({ step, state }) => step === 'choose_provider' && state === 'done')) return undefined;
  const known = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  const draft = known.find(({ state, providerId }) => state === 'draft' && providerId === guide.id);
  if (draft === undefined && known.some(({ state }) => state !== 'inactive')) return undefined;
  const { id } = draft ?? (await insertDraftConnection(tx, deps, tenant, guide, by));
  return { kind: 'choose_provider', connectionId: id, providerId: guide.id, preselected: true };
}
