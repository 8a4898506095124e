/** The component book: every shared component in its states, for the browser tests and for looking. Test builds only. */
import '../shared/styles/app.css';
import { catalogues } from '../customer/catalogues.ts';
import { startApp } from '../shared/start-app.ts';
import ComponentBook from './ComponentBook.vue';

void startApp({
  root: ComponentBook,
  routes: () => [{ path: '/:rest(.*)*', component: { render: () => null } }],
  loader: catalogues,
});
