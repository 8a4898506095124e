import { useText } from '../i18n.ts';

/** The codes of the product's own acts in words. What an older version of the product has written stays readable. */
export function useActWords() {
  const { t, has } = useText();
  const word = (key: string, code: string) => (has(key) ? t(key) : code.replaceAll(/[_.]/g, ' '));
  return {
    did: (action: string) => word(`acts.did.${action}`, action),
    about: (group: string) => word(`acts.about.${group}`, group),
    target: (type: string) => word(`acts.targets.${type}`, type),
    /** Of our own parts, which one acted; undefined for what is none. */
    part: (id: string) => (has(`acts.parts.${id}`) ? t(`acts.parts.${id}`) : undefined),
  };
}
