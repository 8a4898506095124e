import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { newId } from '../../../adapters/ids.ts';
import type { StreamTarget } from '../../../adapters/log-streams/index.ts';
import { codeDigest, isCodeOf, mintCode } from '../../../adapters/tokens.ts';
import { insertAudit, lockLogStream, updateLogStream, type LogStreamRow } from '../../../db/index.ts';
import type { AuditRecord } from '../../../onboarding/audit-records.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import {
  failureOf,
  proofLifeMs,
  proofTries,
  testRecord,
  type StreamProver,
  type TestAnswer,
} from '../../../onboarding/log-streams.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { streamProofBody } from '../../contract/setup-log-streams.ts';
import { saved } from '../../contract/setup.ts';
import { stepResult } from '../../contract/shared.ts';
import type { ApiDeps } from '../../deps.ts';
import { sendCommand } from '../../journey.ts';
import { secretsOf, streamTarget, targetWith } from '../../log-streams.ts';
import { refusalOf } from '../../middleware/handle-errors.ts';
import { problems } from '../../middleware/problems.ts';
import { route } from '../../route.ts';
import { changeableStream } from './log-stream-settings.ts';
import { change, ensured, type Changed, type Changing, type SetupContext } from './scope.ts';

/** P24: a test event carries a code that only its finder knows. *Sent* and *proven* are two things. */

const feature = 'log_streams';

const sendTest = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/test',
  who: 'portal_session',
  summary: 'Sends a test event with a new code and looks for it there; the page has what came of it',
  answers: { 200: saved, 202: saved },
  handler: async (context) => {
    const { deps, caller, request } = context;
    const { environment } = caller;
    const before = await changeableStream(context);
    if (before.secretSetAt === null && before.secretSealed === null)
      throw new OnboardingError('step_blocked', { step: 'configure_stream' });
    await deps.limits.spend('outbound_per_minute', before.organizationId);
    const label = `vestibule-test-${randomBytes(5).toString('hex')}`;
    const code = mintCode();
    const secrets = secretsOf(deps.secrets, before);
    const target = targetWith(before, environment, { settings: before.settings, secrets });
    const { productName } = environment;
    const record = testRecord(before, { id: newId('audit_'), label, code, productName, now: request.now });
    const answer = await sendAndLook(deps, target, record, request.now);
    const savedAt = request.now.toISOString();
    return change(context, feature, async (changing) => {
      const { tx, tenant, by } = changing;
      const stream = await lockLogStream(tx, tenant, before.id);
      if (!isSameTarget(stream, before))
        throw new OnboardingError('stream_state_refused', { state: 'changed' });
      const isSent = answer.kind === 'sent';
      await updateLogStream(tx, stream, {
        proofCodeDigest: isSent ? codeDigest(deps.secrets, code, ...bindingsOf(stream)) : null,
        proofLabel: isSent ? label : null,
        proofSentAt: request.now,
        proofTries: 0,
        proofAnswer: answer,
        updatedAt: request.now,
      });
      const after = {
        answer: answer.kind,
        ...(answer.kind === 'refused' ? { cause: answer.cause } : { sighting: answer.sighting }),
      };
      await insertAudit(
        tx,
        audited(by, stream, { action: 'log_stream.test_sent', target: streamTarget(stream.id), after }),
      );
      if (answer.kind === 'refused' || answer.sighting !== 'found') return ok({ savedAt });
      return { ...(await proveStream(context, changing, stream, 'read')), shape: () => ({ savedAt }) };
    });
  },
});

const prove = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/proof',
  who: 'portal_session',
  summary: 'Takes the code that was found at the destination',
  body: streamProofBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { deps, body, params, request } = context;
      const { tx, tenant, by } = changing;
      const stream = await lockLogStream(tx, tenant, params.id);
      const { proofCodeDigest, proofSentAt } = stream;
      const isOver = proofSentAt === null || request.now.getTime() - proofSentAt.getTime() > proofLifeMs;
      if (proofCodeDigest === null || isOver || stream.proofTries >= proofTries)
        throw new OnboardingError('stream_test_missing');
      const tries = stream.proofTries + 1;
      const target = streamTarget(stream.id);
      if (!isCodeOf(proofCodeDigest, deps.secrets, body.code, ...bindingsOf(stream))) {
        // The try must be kept, so this is an answer and no error.
        await updateLogStream(tx, stream, { proofTries: tries, updatedAt: request.now });
        await insertAudit(tx, audited(by, tenant, { action: 'log_stream.proof_refused', target }));
        const wrong = new OnboardingError('code_wrong', { tries_left: proofTries - tries });
        return refusalOf(wrong, problems, request.id);
      }
      const prover = by.actor.type === 'staff' ? 'staff' : 'customer';
      return proveStream(context, changing, { ...stream, proofTries: tries }, prover);
    }),
});

export const logStreamProofRoutes = [sendTest, prove];

/** What came of a test event: what the destination answered, and whether it is to be seen there. */
async function sendAndLook(
  { streamSenders }: Pick<ApiDeps, 'streamSenders'>,
  target: StreamTarget,
  record: AuditRecord,
  now: Date,
): Promise<TestAnswer> {
  const outcome = await streamSenders.send(target, [record]);
  if (outcome.kind !== 'sent') return { kind: 'refused', ...failureOf(outcome, now).failure };
  return {
    kind: 'sent',
    level: outcome.level,
    status: outcome.status,
    milliseconds: Math.round(outcome.ms),
    at: now.toISOString(),
    sighting: await streamSenders.look(target, record),
  };
}

/** What was sent to one place proves nothing of another, nor of other credentials. */
const isSameTarget = (one: LogStreamRow, other: LogStreamRow): boolean =>
  one.secretSealed === other.secretSealed && isDeepStrictEqual(one.settings, other.settings);

async function proveStream(
  context: SetupContext,
  changing: Changing,
  stream: LogStreamRow,
  provenBy: StreamProver,
): Promise<Changed> {
  const { tx, tenant, by } = changing;
  const { now } = by.request;
  const proven = { provenAt: now, provenBy, proofCodeDigest: null, proofTries: stream.proofTries };
  await updateLogStream(tx, stream, { ...proven, updatedAt: now });
  const target = streamTarget(stream.id);
  await insertAudit(
    tx,
    audited(by, tenant, { action: 'log_stream.proven', target, after: { by: provenBy } }),
  );
  const { onboarding, queued } = await ensured(context, changing, feature);
  const act = { kind: 'prove_stream', streamId: stream.id } as const;
  return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
}

const bindingsOf = ({ id }: LogStreamRow) => ['stream_proof', id];
