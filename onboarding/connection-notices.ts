/** The acts on a connection that its contacts are mailed about, because sign-in differs from then on. */
export const connectionNoticeKinds = [
  'switched_off',
  'switched_on',
  'settings_switched',
  'reset',
  'settings_brought_back',
  'deleted',
  'brought_back',
  'form_accepted',
  'domains_chosen',
  'certificate_trusted',
] as const;
export type ConnectionNoticeKind = (typeof connectionNoticeKinds)[number];

/** Those that the vendor's people hear of, too, when the customer did it: they are asked next when it went wrong. */
export const toldToStaff: ReadonlySet<ConnectionNoticeKind> = new Set<ConnectionNoticeKind>([
  'settings_switched',
  'reset',
  'settings_brought_back',
  'deleted',
]);
