// Imported for what it does: tells who reads URLs, as the window does when it starts.
import * as urls from '../../../src/core/connections/paste/readUrl';
import { readUrlsBy } from '../../../src/core/connections/url/reference';

readUrlsBy(urls);
