import { findErasure, type ErasureRow } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import { erasure, newErasureBody, organizationExport } from '../../contract/developer-erasures.ts';
import { askForErasure } from '../../erasures.ts';
import { exportOrganization } from '../../organization-export.ts';
import { route } from '../../route.ts';

/** `/erasures`, and what an organization leaves with: ours. */

const ask = route({
  method: 'POST',
  path: '/erasures',
  who: 'api_key',
  scope: 'settings',
  summary: 'Erases one person; it is done within minutes',
  body: newErasureBody,
  answers: { 201: erasure },
  handler: ({ body, caller, commit, request }) =>
    commit(async (tx) => {
      const asked = {
        environmentId: caller.environment.id,
        organizationId: body.organization ?? null,
        email: body.email ?? null,
        idpId: body.idp_id ?? null,
      };
      return created(erasureObject(await askForErasure(tx, asked, acting(caller, request))));
    }),
});

const get = route({
  method: 'GET',
  path: '/erasures/:id',
  who: 'api_key',
  scope: 'settings',
  summary: 'Gets an erasure: whether it is done, and how much was found',
  answers: { 200: erasure },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const row = await findErasure(tx, { environmentId: caller.environment.id }, params.id);
      if (row === undefined) throw new OnboardingError('not_found', { kind: 'erasure' });
      return ok(erasureObject(row));
    }),
});

const download = route({
  method: 'GET',
  path: '/organizations/:id/export',
  who: 'api_key',
  scope: 'settings',
  summary: 'All that is kept of an organization, without secrets, as one streamed JSON object',
  answers: { 200: organizationExport },
  isAct: true,
  handler: ({ params, caller, read, commit, request }) =>
    exportOrganization(
      { environmentId: caller.environment.id, organizationId: params.id },
      acting(caller, request),
      { read, commit },
    ),
});

export const erasureRoutes = [ask, get, download];

function erasureObject({ id, organizationId, state, erased, createdAt, finishedAt }: ErasureRow) {
  return {
    object: 'erasure' as const,
    id,
    organization_id: organizationId,
    state: state === 'done' ? ('done' as const) : ('in_progress' as const),
    erased,
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
  };
}
