/** The editor of dumps, as in package.json. */
export const ARCHIVE_EDITOR = 'pgBackup.archive';
/** The same editor as an option for files that open in another editor by default. */
export const OPTIONAL_ARCHIVE_EDITOR = 'pgBackup.archiveOption';
