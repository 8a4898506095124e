/** What the pages of the audit log share: their answers, and how somebody is named there. */
import type { output } from 'zod';
import type { AuditEventDetail, AuditEventRow, auditEventsPage } from '../../api/contract/setup-audit.ts';
import { useText } from '../shared/i18n.ts';
import { useBoot } from '../shared/session.ts';

export type { AuditEventDetail, AuditEventRow };
export type AuditEventsPage = output<typeof auditEventsPage>;

export function useAuditParties() {
  const { t } = useText();
  const { environment } = useBoot();
  return {
    /** A person or thing by name; the vendor's people carry the vendor's mark, the product acts as itself. */
    name({ type, id, name }: AuditEventRow['actor']): string {
      if (type === 'staff') return t('auditlog.byVendor', { vendor: environment.vendorName });
      if (type === 'system') return t('auditlog.system', { product: environment.productName });
      return name ?? id;
    },
  };
}
