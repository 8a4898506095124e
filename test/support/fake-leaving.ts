/** Customers and people who have left, as the dashboard's JSON shows them, from memory. */
import type { z } from 'zod';
import type { deletedOrganizations, erasureView } from '../../api/contract/dashboard-leaving.ts';

type Deleted = z.infer<typeof deletedOrganizations>['organizations'][number];
type Erasure = z.infer<typeof erasureView>;

/** One customer with a name that is hard to fit; one person who was found, one who was not. */
export function fakeLeaving(now: Date, isEmpty: boolean) {
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
  const deleted: Deleted[] = [
    { id: 'org_gone', name: 'Hooli', deletedAt: inDays(-3), erasedAt: inDays(27) },
    {
      id: 'org_long',
      name: 'Wolfeschlegelsteinhausenbergerdorff & Sons of the Northern Islands (Holding) GmbH',
      deletedAt: inDays(-29),
      erasedAt: inDays(1),
    },
  ];
  const erasures: Erasure[] = [
    {
      id: 'erasure_2',
      state: 'done',
      createdAt: inDays(-2),
      finishedAt: inDays(-2),
      erased: { contacts: 1, profiles: 1, attempts: 14, mails: 3, events: 28, audit_events: 5 },
    },
    { id: 'erasure_1', state: 'done', createdAt: inDays(-9), finishedAt: inDays(-9), erased: {} },
  ];
  return { inDays, deleted: isEmpty ? [] : deleted, erasures: isEmpty ? [] : erasures };
}
