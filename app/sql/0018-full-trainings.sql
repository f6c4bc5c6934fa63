-- SPDX-License-Identifier: Apache-2.0
-- Trainings of a whole model: full 1, the field of TlmSpecialistOptions. The file that such a one writes is
-- a model, and has a row in models from the moment that it is finished.
ALTER TABLE trainings ADD COLUMN full INTEGER NOT NULL DEFAULT 0;
