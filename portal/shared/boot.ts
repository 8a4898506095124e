/**
 * What the api writes into the page. It fills these placeholders of the built HTML, each escaped for its place:
 * `__NONCE__` (every script, link and style), `__LANG__`, `__DIR__`, `__TITLE__`, `__BOOT__` (this object as JSON with
 * `<` as `\u003c`), `<!--HEAD-->` (the environment's branding stylesheet) and `<!--BODY-->` (what people without
 * script see; the app replaces it).
 */
export type Boot = {
  app: 'customer' | 'staff';
  /** Where the app's pages live, without a trailing slash: `/setup/acme`, `/dashboard`. */
  basePath: string;
  /** Where its JSON lives, without a trailing slash. */
  apiPath: string;
  /** Language tag chosen by the server: link, then browser, then the vendor's default. */
  locale: string;
  environment: BootEnvironment;
  /** The public handle of the session this page was drawn for; absent at a door and at sign-in. */
  sessionHandle?: string;
  organizationName?: string;
  /** Where the logo and *Back to {product}* lead; already checked against the allowed addresses [LNK-11]. */
  returnUrl?: string;
  member?: BootMember;
};

/** As in the answers' `brand`, and the logos, which come from our own origin. */
export type BootEnvironment = {
  handle: string;
  kind: 'sandbox' | 'production';
  productName: string;
  vendorName: string;
  supportEmail: string | null;
  supportHours: string | null;
  logoUrl?: string;
  /** Without one, the light logo stands on a light plate. */
  logoDarkUrl?: string;
  /** Square, for the tile at the customer's provider. */
  iconUrl?: string;
};

export type BootMember = { email: string; role: 'admin' | 'developer' | 'support' | 'viewer' };

export function readBoot(page: Document = document): Boot {
  const text = page.getElementById('boot')?.textContent;
  if (text == null) throw new Error('The page came without its boot data.');
  return JSON.parse(text);
}
