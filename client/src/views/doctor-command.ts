/** The id of *Varsmith: Doctor*, for what runs in a browser too. */
export const doctorCommand = 'varsmith.doctor';
