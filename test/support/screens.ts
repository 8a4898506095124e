/** What every screen of the portal is held to in a browser: one row a state, the same looks at each. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, bringAxe, colourRules, describeWithBrowser } from './browser.ts';
import { pseudoMessage } from '../../portal/build/pseudo-locale.ts';
import { servePortal, type PortalServer, type Scene } from './serve-portal.ts';

/** One page in one state. */
export type Screen = {
  state: string;
  /** Below where the app lives: `/sso/test?attempt=att_1`. */
  path: string;
  scene: () => Scene;
  /** Words of the page that prove the state, in English. */
  says: string;
  /** What a person does to get there; `say` gives a sentence of the catalogue in the page's language. */
  reach?: (page: Page, say: (sentence: string) => string) => Promise<void>;
};

export type Visitor = { page: Page; complaints: string[] };

/** What the tests of a part find there, inside hooks and tests. */
export type Visit = { visitor: Visitor; portal: PortalServer };

/**
 * The screens of one part of an app in a real browser, under the api's content policy: every one of them is held to the
 * looks of all. `more` is for what people do there. Await it at the top of the file.
 */
export async function describeScreens(
  title: string,
  screens: readonly Screen[],
  more: (visit: () => Visit) => void = () => undefined,
): Promise<void> {
  await describeWithBrowser(title, (browser) => {
    let visitor: Visitor;
    let portal: PortalServer;
    beforeAll(async () => {
      portal = await servePortal();
      visitor = await visitorOf(browser());
    });
    afterAll(async () => await portal.close());

    describe('pass WCAG 2.2 AA in both colour schemes, say nothing that is not in the catalogue, fit a phone', () => {
      test.each(screens)('$state', async (screen) => {
        await draw(visitor, portal, screen);
        await expectGoodLooks(visitor);
        await expectToFollowTheLanguage(visitor, portal, screen);
      });
    });

    more(() => ({ visitor, portal }));
  });
}

/** One tab for a whole table: the pages of a visit share what the browser keeps, as they do for people. */
async function visitorOf(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce' });
  await bringAxe(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isOurs =
      ['error', 'warning'].includes(message.type()) &&
      // A refused request is no fault of the page: the states of refusal are among the rows.
      !message.text().startsWith('Failed to load resource') &&
      // What a mail may not do in its frame, and axe asking into that frame.
      message.location().url !== 'about:srcdoc' &&
      !message.text().includes("execute 'postMessage'");
    if (isOurs) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Draws the screen anew, in `locale` where it is not English, and waits until it says what it shall. */
export async function draw(
  { page, complaints }: Visitor,
  portal: PortalServer,
  screen: Screen,
  locale?: string,
) {
  const scene = screen.scene();
  portal.show(scene);
  complaints.length = 0;
  const url = new URL(`${portal.origin}${scene.boot.basePath}${screen.path}`);
  if (locale !== undefined) url.searchParams.set('locale', locale);
  await page.setViewportSize(wide);
  await page.goto(url.href);
  await page.locator('h1, [role=status]').first().waitFor();
  await screen.reach?.(page, locale === undefined ? (sentence) => sentence : pseudoMessage);
  await page.getByText(inAnyLanguage(screen.says)).first().waitFor({ state: 'attached' });
}

/** Nothing for axe in either colour scheme, one H1, nothing wider than a phone, nothing in the console. */
async function expectGoodLooks({ page, complaints }: Visitor): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await axeViolations(page), 'axe, light').toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  // The dark scheme changes colours and nothing else: the other rules have had their answer.
  expect(await axeViolations(page, colourRules), 'axe, dark').toEqual([]);
  expect(await page.locator('h1').count(), 'one H1').toBeLessThanOrEqual(1);
  await page.setViewportSize(phone);
  await expectNoSidewaysScroll(page);
  expect(complaints, '[UI-02] console and content policy').toEqual([]);
}

/** Longer and mirrored: no words but the catalogue's and the server's, and nothing wider than a phone. */
async function expectToFollowTheLanguage(visitor: Visitor, portal: PortalServer, screen: Screen) {
  const { page } = visitor;
  await mirror(page);
  const stayed = await untranslated(page, portal.texts());
  if (stayed.length > 0) {
    // What a page has said once (a problem, what a search found) stays as it was said: it says it all anew.
    await draw(visitor, portal, screen, 'rtl');
    expect(await untranslated(page, portal.texts())).toEqual([]);
    await page.setViewportSize(phone);
  }
  await expectNoSidewaysScroll(page);
}

/** As by the language menu: nothing is loaded anew, and a dialog stays open. */
async function mirror(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const url = new URL(location.href);
    url.searchParams.set('locale', 'rtl');
    history.replaceState(history.state, '', url);
    dispatchEvent(new Event('languagechange'));
  })()`);
  await page.locator('html[dir=rtl]').waitFor();
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate<string[]>(whatIsTooWide), 'fits a phone').toEqual([]);
}

/**
 * Texts of the page that came neither from the catalogue (its pseudo sentences stand in ⟦…⟧) nor from the server.
 * Digits, signs, dates and what differs between two values are data as well.
 */
async function untranslated(page: Page, data: ReadonlySet<string>): Promise<string[]> {
  const loose = await page.evaluate<string[]>(looseTexts);
  // Texts of the page come with their white space folded; lines of a file have more of it.
  const known = [...data].map((text) => text.replaceAll(/\s+/g, ' ').trim());
  const isData = (text: string) =>
    text.replaceAll(dateWords, '').replaceAll(/[\P{L}]/gu, '') === '' ||
    // Marks of the providers' tiles: the first letters of their names.
    /^\p{Lu}{2}$/u.test(text) ||
    data.has(text) ||
    text.split(/,? /).every((word) => data.has(word)) ||
    // Ways through a console.
    text.split(' → ').every((part) => data.has(part)) ||
    text.split('…').every((end) => known.some((whole) => whole.startsWith(end) || whole.endsWith(end))) ||
    recordTypes.has(text) ||
    known.some((whole) => whole.includes(text) && (text.length > 11 || isWordOf(text, whole)));
  return [...new Set(loose)].filter((text) => !isData(text));
}

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const recordTypes = new Set(['TXT', 'CNAME']);
const dateWords =
  /\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|UTC|GMT)\b/g;

const isWordOf = (text: string, whole: string) =>
  new RegExp(`(?<![\\p{L}\\d])${escaped(text)}(?![\\p{L}\\d])`, 'u').test(whole);

/** A sentence or a part of one, with its data, in English or in the pseudo-locale. */
function inAnyLanguage(sentence: string): RegExp {
  const words = sentence.split(' ').map((word) => {
    const pseudo = pseudoMessage(word).replaceAll(/^⟦|[ ~]*⟧$/g, '');
    return `(?:${escaped(word)}|${escaped(pseudo)})`;
  });
  return new RegExp(words.join(String.raw`\s+`));
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Run in a page: its widest elements where it is wider than its window. */
export const whatIsTooWide = `(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const far = [...document.body.querySelectorAll('*')].filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return right > innerWidth + 1 || left < -1;
  });
  return ['page is ' + document.documentElement.scrollWidth, ...far.slice(0, 4).map((element) => element.outerHTML.slice(0, 160))];
})()`;

/** Depth is counted over the whole page: a sentence with elements in it opens and closes in different nodes. */
const looseTexts = `(() => {
  const loose = [];
  let depth = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof Element) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-roledescription']) {
        const value = node.getAttribute(name);
        if (value && !value.includes('⟦')) loose.push(value.trim());
      }
      continue;
    }
    if (node.parentElement.closest('script, style, mark, bdi:has(mark), pre, kbd')) continue;
    let text = '';
    for (const letter of node.data) {
      if (letter === '⟦') depth += 1;
      else if (letter === '⟧') depth -= 1;
      else if (depth === 0) text += letter;
    }
    if (text.trim() !== '') loose.push(text.trim().replaceAll(/\\s+/g, ' '));
  }
  return loose;
})()`;

/** Presses Tab until what has focus is called so, and asks every stop on the way for its focus ring. */
export async function tabTo(page: Page, name: string | RegExp, limit = 60): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < limit; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<{ name: string; hasRing: boolean }>(focusedThing);
    seen.push(focused.name);
    expect(focused.hasRing, `a focus ring on “${focused.name}”`).toBe(true);
    if (typeof name === 'string' ? focused.name === name : name.test(focused.name)) return;
  }
  throw new Error(`Tab does not reach ${String(name)}; it reaches ${seen.join(' · ')}`);
}

/** A field hidden behind its card shows the ring on the card. */
const focusedThing = `(() => {
  const focused = document.activeElement;
  const hasOutline = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
  };
  const labels = [...(focused.labels ?? [])];
  const name = focused.getAttribute('aria-label') ?? labels[0]?.textContent ?? focused.textContent;
  const hasRing = focused === document.body || [focused, ...labels, focused.parentElement].some(hasOutline);
  return { name: name.replaceAll(/\\s+/g, ' ').trim(), hasRing };
})()`;

async function focusedName(page: Page): Promise<string> {
  return (await page.evaluate<{ name: string }>(focusedThing)).name;
}

/** Changes the page without loading it, as a link does, and tells what has focus once `heading` has had time to. */
export async function goWithin(
  page: Page,
  portal: PortalServer,
  scene: Scene,
  path: string,
  heading: string | RegExp,
): Promise<string> {
  portal.show(scene);
  const url = JSON.stringify(`${scene.boot.basePath}${path}`);
  await page.evaluate(
    `history.pushState({}, '', ${url}); dispatchEvent(new PopStateEvent('popstate', { state: {} }))`,
  );
  const wanted = page.getByRole('heading', { level: 1, name: heading }).and(page.locator(':focus'));
  // Where it never comes, the caller's comparison says what has focus instead.
  await wanted.waitFor().catch(() => undefined);
  return await focusedName(page);
}
