/** Webhook endpoints as the dashboard's JSON shows them, from memory. */
import type { z } from 'zod';
import type { deliveryPage, webhookDetail } from '../../api/contract/dashboard-webhooks.ts';
import { webhookEvents } from '../../api/contract/event-names.ts';

type Endpoint = z.infer<typeof webhookDetail>;
type Delivery = z.infer<typeof deliveryPage>['deliveries'][number];

/** One that works, one that fails, and two that are off, one of them with an address that is hard to fit. */
export function fakeWebhooks(now: Date, isEmpty: boolean, maySeeSecrets: boolean) {
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
  const endpoint = (id: string, url: string, more: Partial<Endpoint> = {}): Endpoint => ({
    id,
    url,
    events: ['dsync.user.created', 'dsync.user.updated', 'onboarding.live'],
    chip: 'sending',
    disabledReason: null,
    failingSince: null,
    previousSecretUntil: null,
    waiting: 0,
    delivered: 1_204,
    failed: 0,
    createdAt: hoursAgo(900),
    names: [...webhookEvents],
    publicKey: 'whpk_8Yy0oGvS2Z6p3mR1nQ7tK4wL9xF5bJ2cD0hE6aU1sVg=',
    secret: maySeeSecrets ? 'whsec_b25seUZvclRoZUZha2VEYXNoYm9hcmQwMDAwMDA=' : null,
    ...more,
  });
  const endpoints: Endpoint[] = [
    endpoint('we_1', 'https://api.northwind.example/vestibule/events'),
    endpoint('we_2', 'https://hooks.northwind.example/', {
      chip: 'failing',
      failingSince: hoursAgo(26),
      waiting: 41,
      delivered: 0,
      failed: 3,
      previousSecretUntil: hoursAgo(-20),
    }),
    endpoint('we_3', `https://staging.northwind.example/${'a-long-path-of-a-receiver/'.repeat(6)}`, {
      chip: 'off',
      disabledReason: 'failing',
      failingSince: hoursAgo(150),
      delivered: 0,
    }),
    endpoint('we_4', 'https://old.northwind.example/hook', { chip: 'off', disabledReason: 'gone' }),
  ];
  const delivery = (id: string, more: Partial<Delivery>): Delivery => ({
    id,
    eventId: `event_01J0000000000000000000${id.slice(-1)}`,
    event: 'dsync.user.updated',
    url: 'https://api.northwind.example/vestibule/events',
    state: 'delivered',
    isReplay: false,
    isTest: false,
    tries: 1,
    nextTryAt: null,
    lastTriedAt: hoursAgo(1),
    status: 200,
    cause: null,
    answer: 'ok',
    milliseconds: 84,
    createdAt: hoursAgo(1),
    ...more,
  });
  const deliveries: Delivery[] = [
    delivery('webhook_delivery_1', {
      state: 'waiting',
      tries: 3,
      nextTryAt: hoursAgo(-0.4),
      status: 503,
      answer: '{"error":"The queue is full, try again later"}',
    }),
    delivery('webhook_delivery_2', { event: 'onboarding.live', isReplay: true, answer: '' }),
    delivery('webhook_delivery_3', {
      state: 'failed',
      tries: 10,
      status: null,
      cause: 'too_slow',
      answer: null,
      milliseconds: 15_004,
    }),
    delivery('webhook_delivery_4', {
      state: 'dropped',
      tries: 0,
      status: null,
      answer: null,
      lastTriedAt: null,
    }),
    delivery('webhook_delivery_5', { state: 'failed', tries: 10, status: 301, answer: '' }),
  ];
  return { endpoints: isEmpty ? [] : endpoints, deliveries: isEmpty ? [] : deliveries };
}
