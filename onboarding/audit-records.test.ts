import { expect, test } from 'vitest';
import { auditRecord, personalOf, type AuditFacts, type VendorEvent } from './audit-records.ts';

const at = new Date('2026-03-01T10:00:00.123Z');
const product: AuditFacts = {
  id: 'audit_1',
  organizationId: 'org_1',
  chainNumber: 7,
  origin: 'product',
  occurredAt: at,
  actorType: 'developer',
  actorId: 'api_key_1',
  action: 'connection.updated',
  targetType: 'connection',
  targetId: 'conn_1',
  content: null,
  sourceAddress: '192.0.2.7',
  userAgent: 'curl',
  before: { name: 'Acme', scopes: ['openid'] },
  after: { name: 'Acme Ltd', state: null },
  personal: { email: 'ann@acme.test', recipient: { erased: 'abc' } },
};
const event: VendorEvent = {
  action: 'invoice.sent',
  occurredAt: at,
  actor: { id: 'user_1', type: 'user', name: 'Ann', metadata: { role: 'owner' } },
  targets: [
    { id: 'inv_1', type: 'invoice', metadata: { total: 12.5 } },
    { id: 'user_2', type: 'user', name: 'Bo' },
  ],
  context: { location: '192.0.2.9', user_agent: 'Lynx' },
  metadata: { paid: true },
  version: 2,
};
const vendor = (personal: AuditFacts['personal']): AuditFacts => ({
  ...product,
  origin: 'vendor',
  actorType: 'user',
  actorId: 'user_1',
  action: 'invoice.sent',
  targetType: 'invoice',
  targetId: 'inv_1',
  before: null,
  after: null,
  personal,
  sourceAddress: '192.0.2.9',
  userAgent: 'Lynx',
  content: { version: 2, targets: event.targets.map(({ id, type }) => ({ id, type })) },
});

test('a vendor’s event comes out as it went in', () => {
  const { action, actor, targets, context, metadata, version } = event;

  expect(auditRecord(vendor(personalOf(event)))).toEqual({
    id: 'audit_1',
    sequence: 7,
    organization_id: 'org_1',
    occurred_at: '2026-03-01T10:00:00.123Z',
    action,
    actor,
    targets,
    context,
    metadata,
    version,
  });
});

test('[AUD-04] what was erased of a vendor’s event is left out, and the event stays', () => {
  const erased = Object.fromEntries(
    Object.keys(personalOf(event)).map((field) => [field, { erased: 'abc' }]),
  );

  expect(auditRecord({ ...vendor(erased), sourceAddress: null, userAgent: null })).toMatchObject({
    actor: { id: 'user_1', type: 'user' },
    targets: [
      { id: 'inv_1', type: 'invoice' },
      { id: 'user_2', type: 'user' },
    ],
    context: { location: 'unknown' },
  });
});

test('our own acts are records too, with what was before and after as flat metadata', () => {
  expect(auditRecord(product)).toEqual({
    id: 'audit_1',
    sequence: 7,
    organization_id: 'org_1',
    action: 'connection.updated',
    occurred_at: '2026-03-01T10:00:00.123Z',
    actor: { id: 'api_key_1', type: 'developer' },
    targets: [{ id: 'conn_1', type: 'connection' }],
    context: { location: '192.0.2.7', user_agent: 'curl' },
    metadata: {
      before_name: 'Acme',
      before_scopes: '["openid"]',
      after_name: 'Acme Ltd',
      email: 'ann@acme.test',
    },
  });
});

test('an act of staff bears their mark, and not from where they worked', () => {
  const record = auditRecord({ ...product, actorType: 'staff', actorId: 'member_1' });

  expect(record).toMatchObject({
    actor: { type: 'staff', id: 'member_1' },
    context: { location: 'unknown' },
  });
  expect(JSON.stringify(record)).not.toContain('192.0.2.7');
});
