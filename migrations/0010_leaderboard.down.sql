-- Nothing is lost: the scores have it all.
DROP TRIGGER packs_change_leaderboard ON packs;
DROP TRIGGER scores_stand_on_leaderboard ON scores;
DROP FUNCTION take_pack_to_leaderboard();
DROP FUNCTION take_scores_to_leaderboard();
DROP FUNCTION refresh_leaderboard(text[]);
DROP FUNCTION refresh_leaderboard_means(text[]);
DROP TABLE leaderboard_cells;
DROP TABLE leaderboard_rows;
