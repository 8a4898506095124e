import type { Answer } from '../answers.ts';
import { isOffered } from '../../onboarding/steps.ts';
import type { Door } from './door.ts';
import { isRenewalLink } from './fresh-renewal.ts';
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
  const view = onboarding?.view;
  const asksForCode = environment.linkConfirmation === 'email_code';
  const kind = kindOf(door);
  const headings: Record<Kind, readonly [title: string, button: string]> = {
    finished: [words.finished(names), words.see],
    renewal: [words.renewal(names), words.continue],
    repair: [words.repair(names), words.continue],
    returning: [words.goOn(names), words.continue],
    first: [words.asks(names), words.start],
  };
  const [title, button] = headings[kind];
  const hasIntro = kind === 'first' && environment.intro !== null;
  const ofLive = kind === 'renewal' ? words.renewalText : kind === 'repair' ? words.repairText : undefined;
  const progress =
    link.openedTimes > 0 && ofLive === undefined && view !== undefined && onboarding !== undefined
      ? [
          words.done(view.stepsDone, view.stepsTotal),
          ...(onboarding.lastActAt === null ? [] : [words.lastChange(timeIn(onboarding.lastActAt, zone))]),
        ].join(', ')
      : undefined;
  const explanation =
    kind === 'finished'
      ? html`<p>${words.finishedText}</p>`
      : ofLive === undefined
        ? html`${whatItTakes(link.features, asksForCode)}
            <p>${words.nothingChanges}</p>`
        : html`<p>${ofLive}${asksForCode ? ` ${words.repairCode}` : ''}</p>`;
  return doorPage({
    title,
    brand: environment,
    content: html` ${hasIntro ? html`<p>${environment.intro}</p>` : null}
    ${progress === undefined ? null : html`<p>${progress}</p>`} ${explanation}
    ${openingForm(action, button, nonce)}
    ${
      kind === 'finished'
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

type Kind = 'finished' | 'renewal' | 'repair' | 'returning' | 'first';

/** What is repaired or renewed is live already: nobody is asked to connect anything, and it is no work of so many minutes. */
function kindOf({ link, onboarding }: OpenDoor): Kind {
  if (link.state === 'completed') return 'finished';
  if (isRenewalLink(link)) return 'renewal';
  if (onboarding?.origin === 'repair') return 'repair';
  return link.openedTimes > 0 ? 'returning' : 'first';
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
