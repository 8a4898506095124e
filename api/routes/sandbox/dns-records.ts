import type { z } from 'zod';
import { newId } from '../../../adapters/ids.ts';
import {
  deleteSandboxRecord,
  insertAudit,
  insertSandboxRecord,
  listSandboxRecords,
  type SandboxRecordRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import { sandboxRecord, sandboxRecordBody, sandboxRecordList } from '../../contract/sandbox.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';

/** The DNS of names below `.test`, which nobody owns: what is published here is seen by the next look. */

const list = route({
  method: 'GET',
  path: '/sandbox/dns/records',
  who: 'sandbox',
  role: 'viewer',
  summary: 'Published records, oldest first',
  answers: { 200: sandboxRecordList },
  handler: ({ caller, read }) =>
    read(async (tx) => {
      const rows = await listSandboxRecords(tx, { environmentId: caller.environment.id });
      return ok({ records: rows.flatMap((row) => viewOf(row)) });
    }),
});

const create = route({
  method: 'POST',
  path: '/sandbox/dns/records',
  who: 'sandbox',
  role: 'developer',
  summary: 'Publishes a record of a name below .test',
  body: sandboxRecordBody,
  answers: { 201: sandboxRecord },
  handler: ({ caller, body, commit, request }) => {
    const name = nameBelowTest(body.name, 'name');
    const isName = body.type !== 'TXT';
    const value = isName ? targetName(body.value) : body.value;
    return commit(async (tx) => {
      const row = await insertSandboxRecord(tx, {
        id: newId('record_'),
        environmentId: caller.environment.id,
        name,
        type: body.type,
        value,
        server: body.server ?? null,
        createdAt: request.now,
      });
      const whose = { environmentId: row.environmentId, organizationId: null };
      const target = { type: 'sandbox_record', id: row.id };
      const after = { name, type: row.type };
      await insertAudit(
        tx,
        audited(acting(caller.by, request), whose, { action: 'sandbox_record.published', target, after }),
      );
      return created(viewOf(row)[0] ?? {});
    });
  },
});

const remove = route({
  method: 'DELETE',
  path: '/sandbox/dns/records/:id',
  who: 'sandbox',
  role: 'developer',
  summary: 'Takes a record away',
  answers: { 204: 'removed' },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: null };
      if (!(await deleteSandboxRecord(tx, whose, params.id))) {
        throw new OnboardingError('not_found', { kind: 'sandbox_record' });
      }
      const target = { type: 'sandbox_record', id: params.id };
      await insertAudit(
        tx,
        audited(acting(caller.by, request), whose, { action: 'sandbox_record.removed', target }),
      );
      return noContent();
    }),
});

export const dnsRecordRoutes = [list, create, remove];

/** Labels of DNS as names of records use them: underscores too, and `*` as the first one (RFC 4592). */
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

function nameBelowTest(typed: string, field: 'name' | 'value'): string {
  const name = plainName(typed);
  const labels = name.split('.');
  const isFine =
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.at(-1) === 'test' &&
    labels.every((part, at) => label.test(part) || (at === 0 && part === '*' && labels.length > 2));
  if (!isFine) {
    const message = `${field} must be a name below .test`;
    throw new InvalidInput([{ field, code: 'not_below_test', message }]);
  }
  return name;
}

/** What an alias, a mail server or a name server is called: any name, since real zones point out of themselves. */
function targetName(typed: string): string {
  const name = plainName(typed);
  const isFine = name.length <= 253 && name !== '' && name.split('.').every((part) => label.test(part));
  if (!isFine) {
    throw new InvalidInput([{ field: 'value', code: 'no_name', message: 'value must be a name' }]);
  }
  return name;
}

const plainName = (typed: string) => typed.trim().toLowerCase().replace(/\.$/, '');

type Shown = z.infer<typeof sandboxRecord>;

/** A row of a type that the sandbox's servers do not answer is not shown. */
function viewOf(row: SandboxRecordRow): Shown[] {
  const type = sandboxRecordBody.shape.type.safeParse(row.type);
  if (!type.success) return [];
  const server = row.server === 1 || row.server === 2 ? row.server : null;
  const { id, name, value, createdAt } = row;
  return [{ id, name, type: type.data, value, server, createdAt: createdAt.toISOString() }];
}
