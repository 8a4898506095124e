import type { DomainDetail } from '../../api/contract/setup-domains.ts';
import { useText } from '../shared/i18n.ts';

/** What a look at DNS found, as two sentences: what is there, and what to do. */
export function useDnsWords() {
  const { t, has } = useText();

  return ({ domain, host }: DomainDetail): { what: string; act: string } | undefined => {
    const { verdict, record } = domain;
    if (verdict === null) return undefined;
    const isUnregistered = verdict.kind === 'not_there' && verdict.facts['domainExists'] === false;
    const known = has(`dns.verdict.${verdict.kind}.what`) ? verdict.kind : 'unknown';
    const key = `dns.verdict.${isUnregistered ? 'not_there_domain' : known}`;
    const facts: Record<string, unknown> = {
      domain: domain.unicode,
      host: record?.host ?? '',
      console: host?.name ?? t('domains.page.yourHost'),
      ...Object.fromEntries(Object.entries(verdict.facts).map(([name, fact]) => [name, said(fact)])),
    };
    const slip = `${key}.slip.${verdict.facts['slip']}`;
    const what = has(slip) ? `${t(`${key}.what`, facts)} ${t(slip)}` : t(`${key}.what`, facts);
    return { what, act: t(`${key}.act`, facts) };
  };
}

const said = (fact: unknown) => (Array.isArray(fact) ? fact.join(', ') : fact);
