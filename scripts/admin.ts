import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { apiKeyParts, mintApiKey } from '../adapters/api-keys.ts';
import { readCheckpoints, type KeptCheckpoint } from '../adapters/checkpoint-file.ts';
import { createCheckpointSigner } from '../adapters/checkpoint-signer.ts';
import { parseEmail } from '../adapters/email-address.ts';
import { newId } from '../adapters/ids.ts';
import { createLogger } from '../adapters/logger.ts';
import { createSecrets, type Secrets } from '../adapters/secrets.ts';
import { makeTokenKey } from '../adapters/token-keys.ts';
import { digestToken, mintToken } from '../adapters/tokens.ts';
import { RotationRefused, rotateSpKey, rotationSteps } from '../api/rotate-sp-keys.ts';
import { readConfig, type Config } from '../config.ts';
import {
  checkKeys,
  countSealedByKey,
  createDatabase,
  allowAddress,
  findMemberByEmail,
  findOrganization,
  insertAudit,
  keepVoucher,
  insertApiKey,
  insertMember,
  insertStaffSignIn,
  keepAuditFor,
  listEnvironments,
  listVouchers,
  lockSealedUnderOtherKeys,
  provisionEnvironment,
  updateEnvironment,
  updateSealed,
  verifyAudit,
  retryDeadCommands,
  withSystem,
  type Db,
  type EnvironmentRow,
  type Tx,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { keyScopes } from '../onboarding/api-scopes.ts';
import { handleFor } from '../onboarding/environment-names.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { complain, OperatorError, sentenceOf } from './operator.ts';

/** `npm run admin -- <command>`: what an operator does without a dashboard. Every secret is printed once. */

type Admin = { db: Db; config: Config; secrets: Secrets; values: Record<string, string | undefined> };

const usage = `npm run admin -- <command>
  create-environment --name Production [--kind production|sandbox] [--email admin@acme.com]
                     [--vendor "Acme"] [--product "Acme App"] [--handle acme]   prints client id and key, once
  create-key         --environment <handle> --name "Backend" [--scopes full|read|onboarding,connections,…] [--days 90]
  invite-staff       --environment <handle> --email a@acme.com --role admin|developer|support|viewer
  sign-in-link       --environment <handle> --email a@acme.com
  mail-secret        --environment <handle>   a new secret for POST /mail_notices; the one before stops working
  link-confirmation  --environment <handle> --mode none|email_code   whether opening a link asks for a code by e-mail
  allow-address      --environment <handle> --email a@acme.com   mails go there again after a bounce or complaint
  deliver-again      has workflows told once more of the commands that were given up
  verify-audit       [--environment <handle>] [--checkpoints <copy of AUDIT_CHECKPOINT_FILE>]
  keep-audit         --environment <handle> [--organization org_…] --days <30 or more, or default>
  rotate-key         --environment <handle> --connection conn_… --use signing|encryption|client_assertion --step publish|switch|retire [--urgent yes]
  rewrap             re-encrypts stored values under the first key of SECRETS_KEY`;

const signInLinkMs = 15 * 60_000;
const rewrapBatch = 200;
const rewrapWaitMs = 500;
const mostRewrapWaits = 60;
const confirmations = ['none', 'email_code'] as const;
const keyUses = ['signing', 'encryption', 'client_assertion'] as const;
const roles = ['admin', 'developer', 'support', 'viewer'] as const;

const commands: Record<string, (admin: Admin) => Promise<void>> = {
  'create-environment': createEnvironment,
  'create-key': createKey,
  'invite-staff': inviteStaff,
  'sign-in-link': signInLink,
  'mail-secret': mailSecret,
  'link-confirmation': confirmLinks,
  'allow-address': allowAgain,
  'deliver-again': deliverAgain,
  'verify-audit': verify,
  'keep-audit': keepAudit,
  'rotate-key': rotateKey,
  rewrap,
};

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(
      [
        'handle',
        'name',
        'vendor',
        'product',
        'email',
        'kind',
        'environment',
        'role',
        'organization',
        'days',
        'checkpoints',
        'mode',
        'scopes',
        'connection',
        'use',
        'step',
        'urgent',
      ].map((name) => [name, { type: 'string' as const }]),
    ),
  });
  const command = commands[positionals[0] ?? ''];
  if (command === undefined) throw new OperatorError(usage);
  const config = readConfig('program');
  if (config.database.url === undefined) throw new OperatorError('DATABASE_URL is not set.');
  const db = await createDatabase({
    databaseUrl: config.database.url,
    role: 'vestibule_system',
    poolSize: 1,
    applicationName: 'admin',
    log: createLogger({ level: 'warn', program: 'admin' }),
  });
  try {
    const secrets = createSecrets(config.secrets.keys ?? []);
    await withSystem(db, (tx) => checkKeys(tx, secrets, new Date()));
    await command({ db, config, secrets, values });
  } finally {
    await db.close();
  }
} catch (error) {
  complain(sentenceOf(error));
  process.exitCode = 1;
}

/** What is not given is derived: the brand from the vendor who is here already, the handle from vendor and name. */
async function createEnvironment({ db, secrets, values }: Admin): Promise<void> {
  const kind = oneOf(values, 'kind', ['production', 'sandbox'] as const, 'production');
  const name = shortText(values, 'name');
  const all = await withSystem(db, (tx) => listEnvironments(tx));
  const known = new Set(all.map(({ vendorName }) => vendorName)).size === 1 ? all[0] : undefined;
  const vendorName = values.vendor ?? known?.vendorName ?? name;
  const names = { vendor: vendorName, name, kind };
  const taken = new Set(all.map(({ handle }) => handle));
  const handle =
    values.handle ??
    Array.from({ length: 99 }, (_, n) => handleFor(names, n + 1)).find((one) => !taken.has(one));
  if (handle === undefined || !/^[a-z0-9-]{3,40}$/.test(handle))
    throw new OperatorError('--handle is 3 to 40 of a-z, 0-9 and "-"; it stands in every set-up link.');
  if (taken.has(handle)) throw new OperatorError(`There is an environment "${handle}" already.`);
  const admin = values.email === undefined ? null : { id: newId('member_'), email: emailIn(values) };
  const tokenKey = await makeTokenKey(secrets);
  const apiKey = mintApiKey(kind);
  const environment = await withSystem(db, (tx) =>
    provisionEnvironment(tx, {
      environment: {
        id: newId('env_'),
        clientId: newId('client_'),
        kind,
        handle,
        name,
        vendorName,
        productName: values.product ?? known?.productName ?? vendorName,
        supportEmail: known?.supportEmail ?? null,
      },
      tokenKey,
      apiKey: { id: newId('api_key_'), name: 'First key', ...apiKeyParts(apiKey) },
      admin,
      auditId: newId('audit_'),
      now: new Date(),
    }),
  );
  say(
    `Environment ${environment.handle}\n  client id  ${environment.clientId}\n  API key    ${apiKey}  (shown once)`,
  );
  if (admin === null)
    say(
      `Nobody may sign in to it yet: npm run admin -- invite-staff --environment ${handle} --email … --role admin`,
    );
}

async function createKey({ db, values }: Admin): Promise<void> {
  const { id: environmentId, kind } = await environmentOf(db, values);
  const name = shortText(values, 'name');
  const scopes = (values.scopes ?? 'full').split(',').map((scope) => scope.trim());
  const unknown = scopes.find((scope) => !keyScopes.some((known) => known === scope));
  if (unknown !== undefined)
    throw new OperatorError(`There is no scope "${unknown}". --scopes takes ${keyScopes.join(', ')}.`);
  const now = new Date();
  const expiresAt =
    values.days === undefined ? null : new Date(now.getTime() + daysIn(values, 1) * 86_400_000);
  const apiKey = mintApiKey(kind);
  const id = newId('api_key_');
  await withSystem(db, async (tx) => {
    const key = { id, environmentId, name, scopes, ...apiKeyParts(apiKey) };
    await insertApiKey(tx, { ...key, createdAt: now, expiresAt });
    await insertAudit(tx, {
      id: newId('audit_'),
      environmentId,
      organizationId: null,
      at: now,
      action: 'api_key.created',
      actor: { type: 'system', id: 'operator' },
      target: { type: 'api_key', id },
      after: { name, suffix: key.suffix, scopes, ends_at: expiresAt?.toISOString() ?? null },
    });
  });
  say(`${apiKey}  (shown once)`);
}

async function inviteStaff({ db, values }: Admin): Promise<void> {
  const environment = await environmentOf(db, values);
  const role = roles.find((known) => known === values.role);
  if (role === undefined) throw new OperatorError(`--role is one of ${roles.join(', ')}.`);
  const email = emailIn(values);
  const now = new Date();
  const { id: environmentId } = environment;
  await withSystem(db, async (tx) => {
    if ((await findMemberByEmail(tx, { environmentId }, email)) !== undefined)
      throw new OperatorError(`${email} is a member of ${environment.handle} already.`);
    const member = { id: newId('member_'), environmentId, email, name: null, role, createdAt: now };
    const { id } = await insertMember(tx, member);
    await auditMember(tx, { id, environmentId, email }, 'member.invited', now, { role });
  });
  say(`${email} may sign in to ${environment.handle} as ${role}.`);
}

async function signInLink({ db, config, values }: Admin): Promise<void> {
  const environment = await environmentOf(db, values);
  const email = emailIn(values);
  const token = mintToken('vb_signin_');
  const now = new Date();
  await withSystem(db, async (tx) => {
    const member = await findMemberByEmail(tx, { environmentId: environment.id }, email);
    if (member === undefined) throw new OperatorError(`${email} is not a member of ${environment.handle}.`);
    await insertStaffSignIn(tx, {
      id: newId('signin_'),
      environmentId: environment.id,
      memberId: member.id,
      kind: 'link',
      digest: digestToken(token).toString('hex'),
      createdAt: now,
      expiresAt: new Date(now.getTime() + signInLinkMs),
    });
    await auditMember(tx, member, 'member.sign_in_link_made', now);
  });
  say(`${config.urls.dashboard}/dashboard/sign-in/${token}\nGood once, for 15 minutes.`);
}

async function mailSecret({ db, values }: Admin): Promise<void> {
  const { id: environmentId, clientId } = await environmentOf(db, values);
  const secret = mintToken('vb_mail_');
  const now = new Date();
  await withSystem(db, async (tx) => {
    const mailNoticeDigest = digestToken(secret).toString('hex');
    await updateEnvironment(tx, environmentId, { mailNoticeDigest }, now);
    await audit(tx, environmentId, 'environment.mail_secret_made', now);
  });
  say(`client_id ${clientId}\nbearer    ${secret}  (shown once)`);
}

async function allowAgain({ db, values }: Admin): Promise<void> {
  const { id: environmentId } = await environmentOf(db, values);
  const email = emailIn(values);
  const wasSuppressed = await withSystem(db, async (tx) => {
    const removed = await allowAddress(tx, { environmentId }, email);
    if (removed) await audit(tx, environmentId, 'mail.address_allowed', new Date());
    return removed;
  });
  say(wasSuppressed ? `Mails go to ${email} again.` : `Nothing keeps mails from ${email}.`);
}

async function confirmLinks({ db, values }: Admin): Promise<void> {
  const { id: environmentId, linkConfirmation: before, handle } = await environmentOf(db, values);
  const mode = confirmations.find((known) => known === values.mode);
  if (mode === undefined) throw new OperatorError(`--mode is one of ${confirmations.join(', ')}.`);
  const now = new Date();
  await withSystem(db, async (tx) => {
    await updateEnvironment(tx, environmentId, { linkConfirmation: mode }, now);
    await insertAudit(tx, {
      id: newId('audit_'),
      environmentId,
      organizationId: null,
      at: now,
      actor: { type: 'system', id: 'operator' },
      action: 'environment.link_confirmation_changed',
      before: { mode: before },
      after: { mode },
    });
  });
  say(
    mode === 'none'
      ? `Links of ${handle} open with their button.`
      : `Links of ${handle} open after a code mailed to their contact.`,
  );
}

async function audit(tx: Tx, environmentId: string, action: AuditAction, at: Date): Promise<void> {
  const actor = { type: 'system', id: 'operator' };
  await insertAudit(tx, { id: newId('audit_'), environmentId, organizationId: null, actor, action, at });
}

async function auditMember(
  tx: Tx,
  { id, environmentId, email }: { id: string; environmentId: string; email: string },
  action: AuditAction,
  at: Date,
  after?: object,
): Promise<void> {
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId: null,
    action,
    at,
    actor: { type: 'system', id: 'operator' },
    target: { type: 'member', id },
    ...(after && { after }),
    personal: { member: email },
  });
}

/** A workflow that took a command after all knows it by its key. */
async function deliverAgain({ db }: Admin): Promise<void> {
  const count = await withSystem(db, (tx) => retryDeadCommands(tx, new Date()));
  say(
    count === 0 ? 'No command was given up.' : `Due again: ${count}. A worker delivers them in their order.`,
  );
}

async function verify({ db, secrets, values }: Admin): Promise<void> {
  const { verify: isSigned } = createCheckpointSigner(secrets, await withSystem(db, listVouchers));
  const all = await withSystem(db, (tx) => listEnvironments(tx));
  const wanted = all.filter(
    ({ handle }) => values.environment === undefined || handle === values.environment,
  );
  if (wanted.length === 0) throw new OperatorError('There is no such environment.');
  const copies = values.checkpoints === undefined ? [] : await readCheckpoints(values.checkpoints);
  for (const { id, handle } of wanted) {
    const verdict = await withSystem(db, (tx) => verifyAudit(tx, id, isSigned, copiesOf(copies, id)));
    say(`${handle}: ${JSON.stringify(verdict)}`);
    if (verdict.state === 'broken') process.exitCode = 1;
  }
}

function copiesOf(copies: readonly KeptCheckpoint[], environmentId: string) {
  return copies
    .filter((copy) => copy.environmentId === environmentId)
    .map(({ id, at, body, signature, keyId }) => ({
      id,
      at: new Date(at),
      body,
      keyId,
      signature: Buffer.from(signature, 'base64'),
    }));
}

async function keepAudit({ db, values }: Admin): Promise<void> {
  const { id: environmentId, handle } = await environmentOf(db, values);
  const chain = values.organization ?? '';
  const text = given(values, 'days');
  if (text !== 'default' && (!/^\d{2,5}$/.test(text) || Number(text) < 30))
    throw new OperatorError('--days is a number of 30 or more, or "default".');
  const days = text === 'default' ? null : Number(text);
  await withSystem(db, async (tx) => {
    if (chain !== '' && (await findOrganization(tx, { environmentId }, chain)) === undefined)
      throw new OperatorError(`There is no organization "${chain}" in ${handle}.`);
    const before = await keepAuditFor(tx, { environmentId, chain }, days);
    await insertAudit(tx, {
      id: newId('audit_'),
      environmentId,
      organizationId: chain === '' ? null : chain,
      actor: { type: 'system', id: 'operator' },
      action: 'audit_log.retention_changed',
      before: { days: before },
      after: { days },
      at: new Date(),
    });
  });
  say(
    `Audit rows of ${chain === '' ? handle : chain} are kept for ${days === null ? 'the time set' : `${days} days`}.`,
  );
}

async function rotateKey({ db, config, secrets, values }: Admin): Promise<void> {
  const { id: environmentId } = await environmentOf(db, values);
  const connectionId = given(values, 'connection');
  const use = keyUses.find((known) => known === values.use);
  if (use === undefined) throw new OperatorError(`--use is one of ${keyUses.join(', ')}.`);
  const step = rotationSteps.find((known) => known === values.step);
  if (step === undefined) throw new OperatorError(`--step is one of ${rotationSteps.join(', ')}.`);
  const rotation = { connectionId, use, step, isUrgent: values.urgent === 'yes', now: new Date() };
  try {
    const keys = await withSystem(db, (tx) => rotateSpKey(tx, secrets, environmentId, rotation));
    for (const { id, state, notAfter } of keys) say(`${id}  ${state}  until ${notAfter.toISOString()}`);
    const list = use === 'client_assertion' ? `oidc/${connectionId}/jwks` : `saml/${connectionId}/metadata`;
    say(`Published at ${config.urls.api}/sso/${list}`);
  } catch (error) {
    if (error instanceof RotationRefused) throw new OperatorError(error.message);
    throw error;
  }
}

/** May be broken off at any time, and run again: each batch stands by itself. */
async function rewrap({ db, secrets }: Admin): Promise<void> {
  let total = 0;
  let waitsLeft = mostRewrapWaits;
  for (;;) {
    const done = await withSystem(db, async (tx) => {
      const values = await lockSealedUnderOtherKeys(tx, secrets.writingKeyId, rewrapBatch);
      for (const value of values) await updateSealed(tx, value, secrets.rewrap(value.sealed, value));
      return values.length;
    });
    if (done > 0) {
      total += done;
      say(`${total} values re-wrapped …`);
      continue;
    }
    // Rows that others hold were passed over; none may be left when the old key goes.
    const left = await withSystem(db, (tx) => countUnderOtherKeys(tx, secrets.writingKeyId));
    if (left === 0) break;
    if (waitsLeft-- === 0)
      throw new OperatorError(
        `${left} stored values are in use and not under "${secrets.writingKeyId}" yet. Run rewrap again, and keep the old key until then.`,
      );
    await pause(rewrapWaitMs);
  }
  await withSystem(db, async (tx) => {
    const { vouchForOthers } = createCheckpointSigner(secrets, await listVouchers(tx));
    for (const [keyId, voucher] of vouchForOthers(new Date())) await keepVoucher(tx, keyId, voucher);
  });
  say(`Every stored value is under "${secrets.writingKeyId}".`);
}

async function countUnderOtherKeys(tx: Tx, keyId: string): Promise<number> {
  const counts = await countSealedByKey(tx);
  return [...counts].reduce((sum, [id, count]) => (id === keyId ? sum : sum + count), 0);
}

async function environmentOf(db: Db, values: Admin['values']): Promise<EnvironmentRow> {
  const handle = given(values, 'environment');
  const all = await withSystem(db, (tx) => listEnvironments(tx));
  const found = all.find((environment) => environment.handle === handle);
  if (found === undefined) throw new OperatorError(`There is no environment "${handle}".`);
  return found;
}

function oneOf<const Choice extends string>(
  values: Admin['values'],
  name: string,
  choices: readonly Choice[],
  usual: Choice,
): Choice {
  const chosen = choices.find((choice) => choice === (values[name] ?? usual));
  if (chosen === undefined) throw new OperatorError(`--${name} is one of ${choices.join(', ')}.`);
  return chosen;
}

function shortText(values: Admin['values'], name: string): string {
  const text = given(values, name).trim();
  if (text === '' || text.length > 80) throw new OperatorError(`--${name} is 1 to 80 characters.`);
  return text;
}

function daysIn(values: Admin['values'], least: number): number {
  const text = given(values, 'days');
  if (!/^\d{1,5}$/.test(text) || Number(text) < least)
    throw new OperatorError(`--days is a whole number of ${least} or more.`);
  return Number(text);
}

function emailIn(values: Admin['values']): string {
  try {
    return parseEmail(given(values, 'email'));
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    throw new OperatorError(`"${values.email}" is not an e-mail address.`);
  }
}

function given(values: Admin['values'], name: string): string {
  const value = values[name];
  if (value === undefined || value === '') throw new OperatorError(`--${name} is missing.\n${usage}`);
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
