/** The audit log as the dashboard's JSON shows it, from memory. */
import type { z } from 'zod';
import type { auditDetail, auditPage, verification } from '../../api/contract/dashboard-audit.ts';

type Detail = z.infer<typeof auditDetail>;
type Row = z.infer<typeof auditPage>['rows'][number];
type Verification = z.infer<typeof verification>;

/** One act of every kind of actor, with and without a target, erased, long and young. */
export function fakeAudit(now: Date, isEmpty: boolean): Detail[] {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
  const acme = { id: 'org_1', name: 'Acme Corporation' };
  const kim = { type: 'staff', id: 'member_kim', name: 'Kim Vale' };
  let number = 40;
  const act = (minutes: number, what: Partial<Detail> & Pick<Detail, 'action'>): Detail => {
    number -= 1;
    return {
      origin: 'product',
      recordedAt: ago(minutes),
      event: null,
      id: `audit_${number}`,
      at: ago(minutes),
      actor: kim,
      target: null,
      organization: null,
      sourceAddress: '203.0.113.20',
      before: null,
      after: null,
      personal: [],
      sessionId: 'ses_1',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0',
      requestId: `req_${number}`,
      seal: { number, hash: '9f2c4e'.repeat(10) + '0a1b' },
      ...what,
    };
  };
  const acts = [
    act(0, {
      action: 'environment.changed',
      target: { type: 'environment', id: 'env_1', name: null },
      before: { linkDays: 30, domainPolicy: 'optional', name: 'Sandbox' },
      after: { linkDays: 14, domainPolicy: 'required', name: 'Sandbox' },
      seal: null,
    }),
    act(4, {
      action: 'member.role_changed',
      target: {
        type: 'member',
        id: 'member_rui',
        name: 'Rui Wolfeschlegelsteinhausenbergerdorff-Montgomery',
      },
      before: { role: 'viewer' },
      after: { role: 'support' },
      personal: [{ field: 'member', value: 'rui@vendor.example' }],
    }),
    act(12, {
      action: 'connection.settings_changed',
      actor: { type: 'customer', id: 'link_1', name: 'anna.berg@acme.example' },
      target: { type: 'connection', id: 'conn_1', name: 'Microsoft Entra ID' },
      organization: acme,
      before: { idp_entity_id: null },
      after: {
        idp_entity_id: 'https://sts.windows.net/4f1c9a52-8f1c-4d0e-a54d-1e24f0bb2a78/',
        certificates: 1,
      },
    }),
    act(62, {
      action: 'sign_in.failed',
      actor: { type: 'provider', id: 'conn_1', name: 'Microsoft Entra ID' },
      target: { type: 'attempt', id: 'att_0', name: '4K2M-71' },
      organization: acme,
      after: { cause: 'audience_differs', origin: 'test', reference: '4K2M-71' },
      sourceAddress: null,
      sessionId: null,
      userAgent: null,
      requestId: null,
    }),
    act(90, {
      action: 'organization.created',
      actor: { type: 'developer', id: 'api_key_1', name: 'Backend …9f2c' },
      target: { type: 'organization', id: 'org_1', name: 'Acme Corporation' },
      organization: acme,
      after: { name: 'Acme Corporation' },
    }),
    act(200, {
      action: 'onboarding.history_decoded',
      target: { type: 'onboarding', id: 'onb_1', name: 'Acme Corporation · 2' },
      organization: acme,
      after: { run_id: '0198f3c2', event_ids: [1, 2, 3] },
    }),
    act(3_000, {
      action: 'onboarding.invite',
      target: { type: 'onboarding', id: 'onb_9', name: null },
      organization: { id: 'org_erased', name: null },
      personal: [{ field: 'contact', value: null }],
    }),
    act(9_000, {
      action: 'audit_log.retention_changed',
      actor: { type: 'system', id: 'operator', name: null },
      before: { days: null },
      after: { days: 365 },
      sourceAddress: null,
      sessionId: null,
      userAgent: null,
      requestId: null,
    }),
    act(9_100, {
      origin: 'vendor',
      action: 'document.shared',
      actor: { type: 'user', id: 'user_7', name: 'Anna Berg' },
      target: { type: 'document', id: 'doc_12', name: 'Budget 2027' },
      organization: acme,
      event: {
        version: 2,
        targets: [
          { type: 'document', id: 'doc_12', name: 'Budget 2027', metadata: { pages: 12 } },
          { type: 'team', id: 'team_3', name: null, metadata: {} },
        ],
        actor: { role: 'owner' },
        metadata: { reason: 'review', external: true },
      },
    }),
  ];
  return isEmpty ? [] : acts;
}

export const auditRowOf = ({
  id,
  at,
  origin,
  actor,
  action,
  target,
  organization,
  sourceAddress,
}: Detail): Row => ({ id, at, origin, actor, action, target, organization, sourceAddress });

/** A log that takes three parts to verify, and is whole unless a test says otherwise. */
export function fakeVerification() {
  const parts: Verification[] = [
    { state: 'running', rows: 1_000, total: 2_600, goOn: 'first' },
    { state: 'running', rows: 2_000, total: 2_600, goOn: 'second' },
  ];
  const verdict: Verification = {
    state: 'intact',
    rows: 2_600,
    chains: 12,
    removedByRetention: 310,
    notYetSealed: 1,
  };
  return {
    /** What the last part says. */
    verdict: verdict as Verification,
    after(goOn: string | undefined): Verification {
      const at = goOn === undefined ? 0 : parts.findIndex((part) => 'goOn' in part && part.goOn === goOn) + 1;
      return parts[at] ?? this.verdict;
    },
  };
}
