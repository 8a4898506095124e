import { startExampleApp } from './start.ts';

/** Runs the example by itself: `VESTIBULE_API_KEY=… VESTIBULE_CLIENT_ID=… npx tsx examples/express-app/main.ts` */
const {
  PORT = '8415',
  VESTIBULE_API_URL = 'http://127.0.0.1:8410',
  VESTIBULE_API_KEY,
  VESTIBULE_CLIENT_ID,
  // eslint-disable-next-line no-restricted-syntax -- an app of its own has settings of its own
} = process.env;
if (!VESTIBULE_API_KEY || !VESTIBULE_CLIENT_ID) {
  throw new Error('Set VESTIBULE_API_KEY and VESTIBULE_CLIENT_ID; npm start prints both.');
}
const { url } = await startExampleApp({
  port: Number(PORT),
  apiUrl: VESTIBULE_API_URL,
  apiKey: VESTIBULE_API_KEY,
  clientId: VESTIBULE_CLIENT_ID,
});
process.stdout.write(`The example app answers at ${url}\n`);
