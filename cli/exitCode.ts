/** 0: yes; 1: the answer is no; 2: bad input or failure; 130: ended by Ctrl-C. */
export const exitCode = { yes: 0, no: 1, failure: 2, interrupted: 130 } as const;
