/** The acts on a directory that its contacts are mailed about, because people come another way from then on, or not at all. */
export const directoryNoticeKinds = [
  'switch_prepared',
  'reset',
  'switched',
  'brought_back',
  'deleted',
] as const;
export type DirectoryNoticeKind = (typeof directoryNoticeKinds)[number];
