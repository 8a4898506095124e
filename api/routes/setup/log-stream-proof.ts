import { randomBytes } from 'node:crypto';
import { newId } from '../../../adapters/ids.ts';
import { codeDigest, mintCode, tokensMatch } from '../../../adapters/tokens.ts';
import { insertAudit, lockLogStream, updateLogStream, type LogStreamRow } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import {
  failureOf,
  proofLifeMs,
  proofTries,
  testRecord,
  type TestAnswer,
} from '../../../onboarding/log-streams.ts';
import { acting, audited } from '../../acting.ts';
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
import { change, ensured, requireChange, tenantOf } from './scope.ts';

/** P24: a test event carries a code that only its finder knows. *Sent* and *proven* are two things. */

const feature = 'log_streams';

const sendTest = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/test',
  who: 'portal_session',
  summary: 'Sends a test event with a new code; the page has what the destination answered',
  answers: { 200: saved },
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
    const outcome = await deps.streamSenders.send(target, [record]);
    const at = request.now.toISOString();
    const answer: TestAnswer =
      outcome.kind === 'sent'
        ? {
            kind: 'sent',
            level: outcome.level,
            status: outcome.status,
            milliseconds: Math.round(outcome.ms),
            at,
          }
        : { kind: 'refused', ...failureOf(outcome, request.now).failure };
    return context.commit(async (tx) => {
      await requireChange(tx, context, feature);
      const stream = await lockLogStream(tx, tenantOf(context), before.id);
      const isSent = answer.kind === 'sent';
      await updateLogStream(tx, stream, {
        proofCodeDigest: isSent ? proofDigest(deps, stream, code) : null,
        proofLabel: isSent ? label : null,
        ...{ proofSentAt: request.now, proofTries: 0, proofAnswer: answer, updatedAt: request.now },
      });
      const after = { answer: answer.kind, ...(answer.kind === 'refused' && { cause: answer.cause }) };
      await insertAudit(
        tx,
        audited(acting(caller, request), stream, {
          ...{ action: 'log_stream.test_sent', target: streamTarget(stream.id), after },
        }),
      );
      return ok({ savedAt: at });
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
      if (!tokensMatch(proofCodeDigest, proofDigest(deps, stream, body.code))) {
        // The try must be kept, so this is an answer and no error.
        await updateLogStream(tx, stream, { proofTries: tries, updatedAt: request.now });
        await insertAudit(tx, audited(by, tenant, { action: 'log_stream.proof_refused', target }));
        const wrong = new OnboardingError('code_wrong', { tries_left: proofTries - tries });
        return refusalOf(wrong, problems, request.id);
      }
      const proven = { provenAt: request.now, proofCodeDigest: null, proofTries: tries };
      await updateLogStream(tx, stream, { ...proven, updatedAt: request.now });
      await insertAudit(tx, audited(by, tenant, { action: 'log_stream.proven', target }));
      const { onboarding, queued } = await ensured(context, changing, feature);
      const act = { kind: 'prove_stream', streamId: stream.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

export const logStreamProofRoutes = [sendTest, prove];

const proofDigest = ({ secrets }: Pick<ApiDeps, 'secrets'>, { id }: LogStreamRow, code: string): string =>
  codeDigest(secrets.derive('code-pepper'), code, 'stream_proof', id).toString('hex');
