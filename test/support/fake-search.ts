import type { z } from 'zod';
import type { searchAnswer } from '../../api/contract/dashboard-search.ts';

type Answer = z.infer<typeof searchAnswer>;

const everything: Answer['found'] = [
  ...(
    [
      'Acme Corporation',
      'Acme Holding of the Northern Islands and Wolfeschlegelsteinhausenbergerdorff',
    ] as const
  ).map((title, at) => found('organization', `org_${at + 1}`, title, at === 0 ? 'acme-1' : null)),
  found('domain', 'dom_1', 'acme.example', 'Acme Corporation'),
  found('contact', 'it_contact_1', 'anna.berg@acme.example', 'Acme Corporation'),
  found('person', 'prof_1', 'acme.tester@acme.example', 'Acme Corporation'),
  found('connection', 'conn_1', 'Acme on Entra', 'Acme Corporation'),
];
const byId: Answer['found'] = [
  found('attempt', 'att_0', '4K2M-71', 'a.berg@acme.example'),
  {
    ...found('mail', 'mail_1', 'Connect Acme to Northwind', 'anna.berg@acme.example'),
    onboardingId: 'onb_1',
  },
];

function found(kind: Answer['found'][number]['kind'], id: string, title: string, detail: string | null) {
  return {
    kind,
    id,
    title,
    detail,
    organizationId: kind === 'organization' ? id : 'org_1',
    onboardingId: null,
  };
}

/** As the server finds: names by their words, these few ids whole. */
export function fakeSearch(typed: string): Answer {
  const text = typed.toLowerCase();
  const whole = byId.filter(({ id, title }) => id === typed || title === typed.toUpperCase());
  return {
    found:
      whole.length > 0
        ? whole
        : everything.filter(({ title }) =>
            title
              .toLowerCase()
              .split(/[^a-z]+/)
              .some((word) => word.startsWith(text)),
          ),
  };
}
