const opening = new Set(['created', 'sent', 'delivered', 'bounced', 'opened']);

/** Whether a link leads somewhere as far as its state says. */
export const stillOpens = ({ state }: { state: string }): boolean => opening.has(state);
