import { issueDirectoryToken, listDirectoryTokens, revokeDirectoryToken } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { saved } from '../../contract/setup.ts';
import { makeTokenBody, tokenMade } from '../../contract/setup-directories.ts';
import { mintDirectoryToken } from '../../directories.ts';
import { route } from '../../route.ts';
import { tokenViewOf } from './directory-views.ts';
import { getCurrentDirectory, lockCurrentDirectory } from './directory.ts';
import { actLine, proveAct } from './prove-act.ts';
import { requireChange, tenantOf } from './scope.ts';

/** P18: the tokens that a directory's client calls us with. Two run at once, so that one can follow another [SCIM-01]. */

const make = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/tokens',
  who: 'portal_session',
  summary: 'Makes a token and shows it this once; one more of a linked directory with a code only',
  body: makeTokenBody,
  answers: { 200: tokenMade },
  handler: (context) => {
    const { body, caller, request } = context;
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const directory = await lockCurrentDirectory(tx, context);
      if (directory.road !== 'scim') throw new OnboardingError('directory_state_refused', { state: 'read' });
      const refusal =
        directory.linkedAt === null
          ? undefined
          : await proveAct(tx, context, actLine('directory_token', directory.id), body.code);
      if (refusal !== undefined) return refusal;
      const days = body.days ?? null;
      const { token, kept } = mintDirectoryToken(
        days === null ? null : new Date(request.now.getTime() + days * dayMs),
      );
      const { actor } = acting(caller, request);
      const made = await issueDirectoryToken(tx, directory, kept, { actor, now: request.now });
      return { ...ok({ token, made: tokenViewOf(made) }), holdsSecret: true };
    });
  },
});

const retire = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/tokens/:id/retire',
  who: 'portal_session',
  summary: 'Ends a token at once',
  answers: { 200: saved },
  handler: (context) => {
    const { caller, params, request } = context;
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const tenant = tenantOf(context);
      const directory = await getCurrentDirectory(tx, context);
      const running = await listDirectoryTokens(tx, tenant, directory.id, request.now);
      if (running.every(({ id }) => id !== params.id))
        throw new OnboardingError('not_found', { kind: 'token' });
      const { actor } = acting(caller, request);
      await revokeDirectoryToken(tx, tenant, params.id, { actor, now: request.now });
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

export const directoryTokenRoutes = [make, retire];

const dayMs = 86_400_000;
