/** The acts on a connection that its contacts are mailed about, because sign-in differs from then on. */
export const connectionNoticeKinds = [
  'switched_off',
  'switched_on',
  'deleted',
  'brought_back',
  'form_accepted',
  'domains_chosen',
] as const;
export type ConnectionNoticeKind = (typeof connectionNoticeKinds)[number];
