// Apart from what they set: who only reads a request needs the names alone.

/**
 * 'recommended': as many jobs as help; 'allOrNothing': one transaction; 'custom': as many as
 * somebody has chosen.
 */
export const RESTORE_PROFILES = ['recommended', 'allOrNothing', 'custom'] as const;
export type RestoreProfile = (typeof RESTORE_PROFILES)[number];
