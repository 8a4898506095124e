import type { EnvironmentRow } from '../../db/index.ts';
import type { Answer } from '../answers.ts';
import { html, type Markup } from '../pages/html.ts';
import type { Asked } from './confirm-opening.ts';
import { doorPage, supportLine } from './layout.ts';
import { doorWords } from './messages.ts';

/** P2 at the door: one field for the code that was mailed, with what became of the last one. Works without script. */
export function codePage(
  asked: Asked,
  environment: EnvironmentRow,
  action: string,
  timeZone: string | null,
): Answer {
  const words = doorWords.code;
  const support = supportLine(environment, (address) =>
    doorWords.landing.support(address, environment.supportHours),
  );
  if (asked.state === 'blocked') {
    const content = html`<p>${words.blocked(Math.ceil(asked.seconds / 60))}</p>
      ${support}`;
    const headers = { 'Retry-After': String(asked.seconds) };
    return doorPage({ title: words.blockedHeading, brand: environment, content }, { status: 429, headers });
  }
  if (asked.state === 'no_contact' || asked.state === 'not_taken') {
    const { vendorName } = environment;
    const isRefused = asked.state === 'not_taken';
    const content = html`<p>
        ${isRefused ? words.notTaken(asked.to, vendorName) : words.noContact(vendorName)}
      </p>
      ${support}`;
    const title = isRefused ? words.notTakenHeading : words.noContactHeading;
    return doorPage({ title, brand: environment, content }, { status: 409 });
  }
  const problem = problemOf(asked);
  const zone = html`<input type="hidden" name="time_zone" value="${timeZone}" />`;
  return doorPage(
    {
      title: words.heading,
      brand: environment,
      content: html` <p>${asked.state === 'ended' ? words.sentBefore(asked.to) : words.sent(asked.to)}</p>
        <form method="post" action="${action}">
          ${zone}
          <label for="code">${words.label}</label>
          ${problem === undefined ? null : html`<p class="problem" id="problem" role="alert">${problem}</p>`}
          <input
            type="text"
            id="code"
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            maxlength="20"
            autofocus
            ${described(problem)}
          />
          <button type="submit">${words.continue}</button>
        </form>
        <form method="post" action="${action}">
          ${zone}
          <input type="hidden" name="again" value="1" />
          <button type="submit" class="quiet">${words.again}</button>
        </form>
        <p class="muted small">${words.notYours(environment.vendorName)}</p>
        ${support}`,
    },
    { status: problem === undefined ? 200 : 422 },
  );
}

const described = (problem: string | undefined): Markup | null =>
  problem === undefined ? null : html`aria-invalid="true" aria-describedby="problem"`;

function problemOf(
  asked: Exclude<Asked, { state: 'blocked' | 'no_contact' | 'not_taken' }>,
): string | undefined {
  const words = doorWords.code;
  switch (asked.state) {
    case 'mailed':
      return undefined;
    case 'malformed':
      return words.malformed;
    case 'ended':
      return words.ended;
    case 'wrong':
      return words.wrong(asked.triesLeft);
    case 'too_soon':
      return words.tooSoon(asked.seconds);
  }
}
