// Starts the portal: its looks, its language, the log-in that was kept, and then the page.
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/shell.css';
import './styles/lists.css';
import './styles/details.css';
import { App } from './app.tsx';
import { keptAppearance, showAppearance } from './appearance.ts';
import { resume } from './connection.ts';
import { keptLanguage, LANGUAGES } from './texts/texts.ts';

showAppearance(keptAppearance());
resume();
const language = keptLanguage();
const texts = await LANGUAGES[language]?.load().catch(() => undefined); // told below
const root = document.getElementById('app');
if (root && texts) render(<App language={language} texts={texts} />, root);
else if (root) root.textContent = 'Rollcall could not be loaded. Reload the page.';
