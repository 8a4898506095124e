/** One look for everything people type into. */
export const fieldLook =
  'w-full min-h-(--control) rounded-control border border-line-strong bg-surface px-3 py-1.5 text-body text-ink transition-colors hover:border-ink aria-invalid:border-bad [&[readonly]]:border-line [&[readonly]]:bg-sunken';
