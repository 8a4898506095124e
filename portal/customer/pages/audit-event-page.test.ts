import { expect, it } from 'vitest';
import { aFakeAuditLog, anAuditEvent } from '../../../test/support/fake-audit-events.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { pageOpener } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

it('an event with a name of 64 KB shows its beginning among the facts, and all of it in the record', async () => {
  const name = 'n'.repeat(65_536);
  const event = anAuditEvent(0, {
    id: 'audit_1',
    actor: { type: 'user', id: 'user_7', name },
    location: name,
    targets: [{ type: 'document', id: 'doc_12', name }],
  });
  const { page } = await openPage('/audit-log/audit_1', {
    session: aSession({ features: ['audit_logs'] }),
    auditLog: { ...aFakeAuditLog(), events: [event] },
  });

  const facts = page.findAll('dd').map((fact) => fact.text().length);
  expect(Math.max(...facts)).toBeLessThan(500);
  expect(page.get('pre').text()).toContain(name);
});
