import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { findChromium, type ChromiumProgram } from './chromium.ts';

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/vestibule');
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * A `describe` whose tests drive a real browser; await it at the top of the file. Where none can be had they are skipped,
 * and their names say why. One browser per group, closed after it: open a context per test.
 */
export async function describeWithBrowser(
  title: string,
  tests: (browser: () => Browser) => void,
): Promise<void> {
  const program = await findChromium(cache);
  if ('reason' in program) {
    describe.skip(`${title} [skipped: ${program.reason}]`, () => tests(notThere));
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launch(program);
    });
    afterAll(async () => {
      await browser?.close();
    });
    tests(() => browser ?? notThere());
  });
}

/**
 * A browser for longer journeys and for scripts that are no tests (screenshots); every name below `.example` leads to
 * `examplePort` of this machine, where one is given. @throws Error with the reason when there is none
 */
export async function launchBrowser({ examplePort }: { examplePort?: number } = {}): Promise<Browser> {
  const program = await findChromium(cache);
  if ('reason' in program) throw new Error(program.reason);
  return await launch(
    program,
    examplePort === undefined ? [] : [`--host-resolver-rules=MAP *.example 127.0.0.1:${examplePort}`],
  );
}

/**
 * Brings axe to every page that `context` will load, for whoever looks at many of them: it is sent once, and what the
 * browser has compiled for one page it keeps for the next.
 */
export async function bringAxe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: axeFile });
}

/**
 * What axe finds against WCAG 2.2 A and AA, or against `rules` alone, one line each: rule, element, what to do. `expect(…).toEqual([])` reads well
 * when it fails.
 */
export async function axeViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Again in a page that has it, a second look would pay once more for what its program has learnt of the first.
  if (!(await page.evaluate<boolean>("'axe' in globalThis")))
    await page.evaluate(await readFile(axeFile, 'utf8'));
  const { violations } = await page.evaluate<{ violations: AxeViolation[] }>(
    `axe.run(document, { runOnly: ${JSON.stringify(rules ?? levels)}, resultTypes: ['violations'] })`,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? help}`),
  );
}

/** The rules of these levels that read colours. */
export const colourRules = ['color-contrast', 'link-in-text-block'];
const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface AxeViolation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

async function launch(program: ChromiumProgram, more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: program.executablePath,
    // Nothing else: the package's own arguments switch web security off, and with it what our tests are about.
    args: ['--no-sandbox', ...more],
    env: { ...definedOnly(process.env), ...program.env },
  });
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function notThere(): never {
  throw new Error('the browser is there in hooks and tests only');
}
