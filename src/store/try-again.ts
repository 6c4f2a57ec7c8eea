/** Does a whole transaction anew while it fails in a way that another try may mend, so many times in all. */
export const tryAgain = async <T>(
  attempts: number,
  isMendable: (error: unknown) => boolean,
  transaction: () => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= attempts || !isMendable(error)) throw error;
    }
  }
};
