import { z } from 'zod';
import { listDeletedOrganizations, listErasures, type ErasureRow } from '../../../db/index.ts';
import { restoreDays } from '../../../onboarding/erasure.ts';
import { acting } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import {
  deletedOrganizations,
  erasureList,
  erasureView,
  newErasureBody,
} from '../../contract/dashboard-leaving.ts';
import { askForErasure } from '../../erasures.ts';
import { exportOrganization } from '../../organization-export.ts';
import { route } from '../../route.ts';

/** S3, S4, S18: what is left of customers and people who go. */

const dayMs = 86_400_000;
const shownErasures = 20;

const deleted = route({
  method: 'GET',
  path: '/dashboard/api/deleted-organizations',
  who: 'staff',
  role: 'admin',
  summary: 'Deleted organizations that can still be restored',
  answers: { 200: deletedOrganizations },
  handler: ({ caller, read, request }) =>
    read(async (tx) => {
      const rows = await listDeletedOrganizations(tx, { environmentId: caller.environment.id }, request.now);
      return ok({
        organizations: rows.map(({ id, name, deletedAt }) => ({
          id,
          name,
          deletedAt: deletedAt.toISOString(),
          erasedAt: new Date(deletedAt.getTime() + restoreDays * dayMs).toISOString(),
        })),
      });
    }),
});

const list = route({
  method: 'GET',
  path: '/dashboard/api/erasures',
  who: 'staff',
  role: 'admin',
  summary: 'The newest requests to erase somebody, and what came of them',
  query: z.strictObject({ organization: z.string().max(60).optional() }),
  answers: { 200: erasureList },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id, organizationId: query.organization ?? null };
      return ok({ erasures: (await listErasures(tx, tenant, shownErasures)).map(viewOf) });
    }),
});

const ask = route({
  method: 'POST',
  path: '/dashboard/api/erasures',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Erases one person; it is done within minutes',
  body: newErasureBody,
  answers: { 201: erasureView },
  handler: ({ caller, body, commit, request }) =>
    commit(async (tx) => {
      const asked = {
        environmentId: caller.environment.id,
        organizationId: body.organizationId ?? null,
        email: body.email || null,
        idpId: body.idpId || null,
      };
      return created(viewOf(await askForErasure(tx, asked, acting(caller, request))));
    }),
});

const download = route({
  method: 'GET',
  path: '/dashboard/api/organizations/:id/export',
  who: 'staff',
  role: 'admin',
  summary: 'All that is kept of an organization, without secrets, as a file',
  answers: { 200: 'a JSON file, streamed' },
  isAct: true,
  handler: ({ caller, params, read, commit, request }) =>
    exportOrganization(
      { environmentId: caller.environment.id, organizationId: params.id },
      acting(caller, request),
      { read, commit },
    ),
});

export const leavingRoutes = [deleted, list, ask, download];

function viewOf({ id, state, erased, createdAt, finishedAt }: ErasureRow): z.infer<typeof erasureView> {
  return {
    id,
    state,
    erased,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
