import { useText } from '../../shared/i18n.ts';

/** Words of closed lists, chosen by a code from the server. A code the catalogue does not know yet stays readable. */
export function useWords() {
  const { t, has } = useText();
  const word = (key: string, code: string) => (has(key) ? t(key) : code.replaceAll('_', ' '));
  /** A step may also have been stopped by one of the product's own refusals: its sentence, as part of ours. */
  const refusal = (code: string) => word(`errors.${code}.what`, code).replace(/\.$/, '');
  return {
    step: (code: string) => word(`words.steps.${code}`, code),
    feature: (code: string) => word(`words.features.${code}`, code),
    featureShort: (code: string) => word(`words.featuresShort.${code}`, code),
    mode: (code: string) => word(`words.modes.${code}`, code),
    requirement: (code: string) => word(`words.requirements.${code}`, code),
    who: (code: string) => word(`words.who.${code}`, code),
    cause: (code: string) => (has(`causes.${code}`) ? t(`causes.${code}`) : refusal(code)),
    origin: (code: string) => word(`words.attemptOrigins.${code}`, code),
    mail: (code: string) => word(`mails.kinds.${code}`, code),
    upcoming: (code: string) => word(`words.upcoming.${code}`, code),
    linkKind: (code: string) => word(`words.linkKinds.${code}`, code),
    delivery: (code: string) => word(`words.deliveries.${code}`, code),
    check: (code: string) => word(`checks.${code}`, code),
    meaning: (code: string) => word(`dns.meaning.${code}`, code),
    signed: (code: string) => word(`words.signed.${code}`, code),
    source: (code: string) => word(`words.sources.${code}`, code),
  };
}
