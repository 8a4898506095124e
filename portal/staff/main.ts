import '../shared/styles/app.css';
import { startApp } from '../shared/start-app.ts';
import StaffApp from './StaffApp.vue';
import { catalogues } from './catalogues.ts';
import { placeAgain } from './place-again.ts';
import { staffRoutes } from './routes.ts';

void startApp({ root: StaffApp, routes: staffRoutes, loader: catalogues, placeAgain });
