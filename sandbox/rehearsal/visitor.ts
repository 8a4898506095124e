import { parseCookie, parseSetCookie } from 'cookie';
import { NotPlayed } from './not-played.ts';

/** A page as a visitor has it before them. */
export type Page = { url: string; status: number; html: string };

/**
 * A person with a browser and no script: follows links and redirects, keeps cookies by host, and presses the buttons of
 * forms. Two hosts of one machine (`localhost`, `127.0.0.1`) are two sites to it, as they are to browsers.
 */
export type Visitor = {
  open(url: string): Promise<Page>;
  /** Submits the first form of a page, with the button or fields given; the hidden fields go along. */
  submit(page: Page, fields?: Record<string, string>): Promise<Page>;
  /** Posts a form's fields, as an auto-posting page does, and goes on until `until`: answers the code it arrives with. */
  post(url: string, fields: Record<string, string>, until: string): Promise<string>;
  /** A call of a page's script: JSON with our own header and the page's origin. */
  call(
    method: string,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
};

const redirectsAtMost = 10;

interface Habits {
  /** Addresses that belong to somebody else; the visitor stops in front of them. */
  stopAt?: string | string[];
  /** The only origins the visitor goes to; everywhere unless told. */
  within?: readonly string[];
  /** Made for each request: what ends it. */
  signal?: () => AbortSignal;
}

export function createVisitor({ stopAt = [], within, signal }: Habits = {}): Visitor {
  const stops = [stopAt].flat();
  const jars = new Map<string, Map<string, string>>();

  async function request(url: string, init: RequestInit): Promise<Response> {
    const { host, origin } = new URL(url);
    if (within?.includes(origin) === false)
      throw new NotPlayed('unexpected_page', { path: origin, status: '' });
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookies !== '') headers.set('cookie', cookies);
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: 'manual',
      ...(signal && { signal: signal() }),
    });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  }

  async function visit(start: string, init: RequestInit): Promise<Page> {
    let [url, how]: [string, RequestInit] = [start, init];
    for (let hops = 0; hops <= redirectsAtMost; hops++) {
      if (stops.some((stop) => url.startsWith(stop))) return { url, status: 0, html: '' };
      const response = await request(url, how);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) {
        return { url, status: response.status, html: await response.text() };
      }
      await response.arrayBuffer();
      [url, how] = [new URL(location, url).href, { method: 'GET' }];
    }
    throw new NotPlayed('unexpected_page', { path: new URL(start).pathname, status: 'redirects' });
  }

  return {
    open: (url) => visit(url, { method: 'GET' }),
    submit(page, fields = {}) {
      const form = readForm(page);
      const body = new URLSearchParams({ ...form.fields, ...fields });
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(page.url).origin,
      };
      return visit(form.action, { method: 'POST', headers, body });
    },
    async post(url, fields, until) {
      if (!stops.includes(until)) stops.push(until);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' };
      const arrived = await visit(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
      const code = arrived.url.startsWith(until) ? new URL(arrived.url).searchParams.get('code') : null;
      if (code === null) throw new Error(`no code: ${arrived.status} ${arrived.url}`);
      return code;
    },
    async call(method, url, body, headers = {}) {
      const response = await request(url, {
        method,
        headers: {
          origin: new URL(url).origin,
          'x-vestibule-request': '1',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    },
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const { name, value = '', expires } = parseSetCookie(line);
  if (expires !== undefined && expires.getTime() < Date.now()) jar.delete(name);
  else jar.set(name, Object.values(parseCookie(`v=${value}`))[0] ?? value);
}

/** The public handle of the session that a page was drawn for, out of its boot data. */
export function sessionHandleIn(page: Page): string {
  const [, handle] = /"sessionHandle":"([^"]+)"/.exec(page.html) ?? [];
  if (handle === undefined) throw unexpected(page);
  return handle;
}

/** Where the first form leads and what it carries. Our own pages and the Test IdP's are simple enough to be read so. */
function readForm(page: Page): { action: string; fields: Record<string, string> } {
  const { html, url } = page;
  const [form = ''] = /<form[\s\S]*?<\/form>/.exec(html) ?? [];
  if (form === '') throw unexpected(page);
  const action = decode(/<form[^>]*\saction="([^"]*)"/.exec(form)?.[1] ?? url);
  const inputs = [...form.matchAll(/<input\b[^>]*>/g)].map(([input]) => [
    decode(/\sname="([^"]*)"/.exec(input)?.[1] ?? ''),
    decode(/\svalue="([^"]*)"/.exec(input)?.[1] ?? ''),
  ]);
  return {
    action: new URL(action, url).href,
    fields: Object.fromEntries(inputs.filter(([name]) => name !== '')),
  };
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&#xA;': '\n',
  '&#xD;': '\r',
};

function decode(text: string): string {
  return text.replace(/&(?:amp|quot|#39|apos|lt|gt|#xA|#xD);/g, (entity) => entities[entity] ?? entity);
}

/** What the Test IdP's page sends for the first person whose address is at the domain. Throws `NotPlayed` when nobody is. */
export function personAt(page: Page, domain: string): { person: string } {
  const buttons = page.html.match(/<button name="person"[\s\S]*?<\/button>/g) ?? [];
  const button = buttons.find((one) => one.includes(`@${domain}<`));
  const [, person] = /value="([^"]+)"/.exec(button ?? '') ?? [];
  if (person === undefined) throw unexpected(page);
  return { person };
}

/** A page that has not what a person would look for on it. */
function unexpected({ url, status }: Page): NotPlayed {
  return new NotPlayed('unexpected_page', { path: new URL(url).pathname, status: String(status) });
}
