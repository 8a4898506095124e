/** What the pages of the audit log share: their answers, and how somebody is named there. */
import type { output } from 'zod';
import type { AuditEventDetail, AuditEventRow, auditEventsPage } from '../../api/contract/setup-audit.ts';
import { auditActions } from '../../onboarding/audit-actions.ts';
import { useActWords } from '../shared/composables/use-act-words.ts';
import { useText } from '../shared/i18n.ts';
import { useBoot } from '../shared/session.ts';

export type { AuditEventDetail, AuditEventRow };
export type AuditEventsPage = output<typeof auditEventsPage>;

/** What stands in no customer's log: the vendor's own affairs. */
const vendorsOwn = new Set(
  (
    'api_key branding custom_attribute environment first_run member redirect_uri staff ' +
    'sandbox sandbox_record test_directory test_idp test_person test_sink webhook_endpoint workflow'
  ).split(' '),
);
const groupOf = (action: string) => action.split('.')[0] ?? action;
const ours = auditActions.filter((action) => !vendorsOwn.has(groupOf(action)));

/** What was done, in words where it is the set-up's; what the vendor's product calls its own is not ours to put in words. */
export function useAuditActs() {
  const words = useActWords();
  const offered = [
    ...[...new Set(ours.map(groupOf))].map((group) => ({ value: group, label: words.about(group) })),
    ...ours.map((action) => ({ value: action, label: words.did(action) })),
  ];
  return {
    /** Undefined where the code itself is what there is to say. */
    did: ({ origin, action }: Pick<AuditEventRow, 'origin' | 'action'>): string | undefined =>
      origin === 'setup' ? words.did(action) : undefined,
    /** What the filter offers: the set-up's things and acts, and the vendor's actions that are seen. */
    offered: (seen: readonly AuditEventRow[]) => [
      ...[...new Set(seen.filter(({ origin }) => origin === 'vendor').map(({ action }) => action))].map(
        (action) => ({ value: action, label: action }),
      ),
      ...offered,
    ],
    /** The code behind words that somebody typed, and whatever else as it is. */
    codeOf: (typed: string) =>
      offered.find(({ label }) => label.toLowerCase() === typed.trim().toLowerCase())?.value ?? typed.trim(),
  };
}

export function useAuditParties() {
  const { t } = useText();
  const { environment } = useBoot();
  return {
    /** Whether it was done by the vendor's people or programs. */
    isVendor: ({ origin, actor: { type } }: Pick<AuditEventRow, 'origin' | 'actor'>) =>
      origin === 'setup' && (type === 'staff' || type === 'developer'),
    /**
     * A person or thing by name. In the set-up the vendor's people and programs carry the vendor's mark, the product acts as
     * itself, and whoever came by a link that is nobody's in particular is known by the link alone. What the vendor's product
     * calls a staff member or a system is the customer's own.
     */
    name({ type, id, name }: AuditEventRow['actor'], { origin }: Pick<AuditEventRow, 'origin'>): string {
      if (origin === 'vendor') return name ?? id;
      if (type === 'staff') return t('auditlog.byVendor', { vendor: environment.vendorName });
      if (type === 'developer') return t('auditlog.byProgram', { vendor: environment.vendorName });
      if (type === 'system') return t('auditlog.system', { product: environment.productName });
      if (name === null && id.startsWith('link_')) return t('auditlog.byLink', { end: id.slice(-6) });
      return name ?? id;
    },
  };
}
