/** Ways in which a client can behave badly, each with what a server owes it. Any number of them can be on at once. */
export const faults = {
  wrong_token: 'refused_401',
  capital_ops: 'taken',
  string_booleans: 'taken',
  duplicate_create: 'refused_409',
  stale_if_match: 'refused_412',
  many_removals: 'held',
  unknown_attributes: 'taken',
  slow: 'taken',
} as const;

export type FaultName = keyof typeof faults;

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);
