-- SPDX-License-Identifier: Apache-2.0
-- When a copy of a model went to the bin (Unix microseconds), NULL for one that is used. Its file stays where
-- it is.
ALTER TABLE models ADD COLUMN trashed INTEGER;
