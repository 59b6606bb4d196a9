module.exports = { setupFilesAfterEnv: ['<rootDir>/../../../../dist/src/runners/jest.cjs'], transform: {} };
