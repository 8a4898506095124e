import type { Answer } from '../answers.ts';
import { isOffered } from '../../onboarding/steps.ts';
import type { Door } from './door.ts';
import { html, type Markup } from '../pages/html.ts';
import { doorPage, supportLine } from './layout.ts';
import { dayIn, doorWords, featureWords, listed, timeIn } from './messages.ts';

type OpenDoor = Extract<Door, { isOpen: true }>;

/** P1: who asks whom for what, what it takes, and the one button. Looking at it changes nothing [LNK-04]. */
export function landingPage(door: OpenDoor, action: string, nonce: string): Answer {
  if (door.link.kind === 'portal') return passingPage(door, action, nonce);
  const { environment, organization, link, onboarding, contact } = door;
  const names = namesOf(door);
  const words = doorWords.landing;
  const zone = contact?.timeZone ?? null;
  const isFinished = link.state === 'completed';
  const isReturning = link.openedTimes > 0;
  const view = onboarding?.view;
  const asksForCode = environment.linkConfirmation === 'email_code';
  // What is repaired is live already: nobody is asked to connect anything, and it is no work of so many minutes.
  const isRepair = !isFinished && onboarding?.origin === 'repair';
  const [title, button] = isFinished
    ? [words.finished(names), words.see]
    : isRepair
      ? [words.repair(names), words.continue]
      : isReturning
        ? [words.goOn(names), words.continue]
        : [words.asks(names), words.start];
  const hasIntro = !isReturning && !isRepair && environment.intro !== null;
  const progress =
    isReturning && !isRepair && view !== undefined && onboarding !== undefined
      ? [
          words.done(view.stepsDone, view.stepsTotal),
          ...(onboarding.lastActAt === null ? [] : [words.lastChange(timeIn(onboarding.lastActAt, zone))]),
        ].join(', ')
      : undefined;
  const explanation = isFinished
    ? html`<p>${words.finishedText}</p>`
    : isRepair
      ? html`<p>${words.repairText}${asksForCode ? ` ${words.repairCode}` : ''}</p>`
      : html`${whatItTakes(link.features, asksForCode)}
          <p>${words.nothingChanges}</p>`;
  return doorPage({
    title,
    brand: environment,
    content: html` ${hasIntro ? html`<p>${environment.intro}</p>` : null}
    ${progress === undefined ? null : html`<p>${progress}</p>`} ${explanation}
    ${openingForm(action, button, nonce)}
    ${
      isFinished
        ? null
        : html`<details>
            <summary>${words.someoneElse}</summary>
            <p>${asksForCode ? words.askOnly(names) : words.forward(names)}</p>
          </details>`
    }
    ${supportLine(environment, (address) => words.support(address, environment.supportHours))}`,
    footer: html`${words.sentBy(names)} · ${words.goodUntil(dayIn(link.expiresAt, zone))} ·
      <bdi>${organization.name}</bdi>`,
  });
}

/** A portal link was made for this very moment and is never mailed, so its page goes on by itself. */
function passingPage(door: OpenDoor, action: string, nonce: string): Answer {
  const words = doorWords.redirect;
  return doorPage({
    title: words.heading(namesOf(door)),
    brand: door.environment,
    content: html` <p>${words.text}</p>
      ${openingForm(action, doorWords.landing.continue, nonce)}
      <script nonce="${nonce}">
        document.getElementById('open').requestSubmit();
      </script>`,
  });
}

/** The zone is for reminders at a decent hour; without script nothing is missing but that. */
function openingForm(action: string, label: string, nonce: string): Markup {
  return html`<form id="open" method="post" action="${action}">
      <input type="hidden" id="zone" name="time_zone" value="" />
      <button type="submit">${label}</button>
    </form>
    <script nonce="${nonce}">
      document.getElementById('zone').value = Intl.DateTimeFormat().resolvedOptions().timeZone || '';
    </script>`;
}

function whatItTakes(features: readonly string[], asksForCode: boolean): Markup {
  const words = doorWords.landing;
  const known = features.filter(isOffered).map((feature) => featureWords[feature]);
  const minutes = Math.max(5, Math.ceil(known.reduce((sum, feature) => sum + feature.minutes, 0) / 5) * 5);
  const needs = [...known.map(({ need }) => need), ...(asksForCode ? [words.codeNeed] : [])];
  return html`<dl>
    <div>
      <dt>${words.forLabel}</dt>
      <dd>${listed(known.map(({ name }) => name))}</dd>
    </div>
    <div>
      <dt>${words.needLabel}</dt>
      <dd>
        <ul>
          ${needs.map((need) => html`<li>${need}</li>`)}
        </ul>
      </dd>
    </div>
    <div>
      <dt>${words.timeLabel}</dt>
      <dd>${words.takes(minutes)}</dd>
    </div>
  </dl>`;
}

function namesOf({ environment, organization }: OpenDoor) {
  return {
    vendor: environment.vendorName,
    product: environment.productName,
    organization: organization.name,
  };
}
