import '../shared/styles/app.css';
import { startApp } from '../shared/start-app.ts';
import CustomerApp from './CustomerApp.vue';
import { catalogues } from './catalogues.ts';
import { customerRoutes } from './routes.ts';
import { connectionHeaders, settingsHeaders } from './selected-connection.ts';

void startApp({
  root: CustomerApp,
  routes: customerRoutes,
  loader: catalogues,
  firstView: '/home',
  pageHeaders: () => ({ ...connectionHeaders(), ...settingsHeaders() }),
  alsoEnds: ['link_ended'],
});
